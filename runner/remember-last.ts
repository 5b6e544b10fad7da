/** The same parser, which gives back its last result for as long as the file `name` holds the same text. */
export function rememberLast<Parsed>(parse: (text: string, name: string) => Parsed): typeof parse {
  let last: { readonly text: string; readonly name: string; readonly parsed: Parsed } | undefined;
  return (text, name) => {
    if (last?.text !== text || last.name !== name) last = { text, name, parsed: parse(text, name) };
    return last.parsed;
  };
}
