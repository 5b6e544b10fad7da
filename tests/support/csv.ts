/** The records of an RFC 4180 text: quoted fields may hold commas, doubled quotes and line breaks; LF and CRLF both end a record. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length) {
    const field = text[at] === '"' ? quotedField(text, at) : bareField(text, at);
    record.push(field.value);
    at = field.end;
    if (text[at] === ",") {
      at++;
      if (at < text.length) continue;
      record.push("");
    }
    if (at < text.length && text[at] !== "\n" && !text.startsWith("\r\n", at)) {
      throw new Error(`Offset ${at} holds neither a comma nor a line end after a field.`);
    }
    at += text[at] === "\r" ? 2 : 1;
    records.push(record);
    record = [];
  }
  return records;
}

/** Records after the header as objects by column name; a record of another length is an error with its number. */
export function parseCsvRows(text: string): readonly Readonly<Record<string, string>>[] {
  const [header, ...records] = parseCsv(text);
  if (header === undefined) throw new Error("The CSV has no header.");
  return records.map((record, index) => {
    if (record.length !== header.length) {
      throw new Error(`Record ${index + 1} has ${record.length} fields, the header ${header.length}.`);
    }
    return Object.fromEntries(header.map((name, column) => [name, record[column] ?? ""]));
  });
}

interface Field {
  readonly value: string;
  readonly end: number;
}

function quotedField(text: string, start: number): Field {
  let value = "";
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) throw new Error(`The quote opened at offset ${start} is never closed.`);
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    from = quote + 2;
  }
}

const separator = /[,\r\n]/g;

function bareField(text: string, start: number): Field {
  separator.lastIndex = start;
  const end = separator.exec(text)?.index ?? text.length;
  return { value: text.slice(start, end), end };
}
