import type { Unportable } from "./find-unportable.ts";
import { childOf, isTree, textOf, treesOf, type Tree } from "./syntax-tree.ts";

/** Two sides whose types, as DuckDB has them, make an operator differ. */
interface TypedRule extends Omit<Unportable, "offset"> {
  readonly operators: readonly string[];
  readonly isMet: (left: string, right: string) => boolean;
}

const isWhole = (type: string): boolean => /^U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?(?:_LITERAL)?$/.test(type);
const isExact = (type: string): boolean => isWhole(type) || type === "DECIMAL";

const rules: readonly TypedRule[] = [
  {
    operators: ["/"],
    isMet: (left, right) => isExact(left) && isExact(right),
    construct: "/ of whole numbers or decimals",
    kind: "silent",
    instead: "cast(… as double) on one side: Trino gives whole numbers again, or as many decimals as there were",
  },
  {
    operators: ["+", "-"],
    isMet: (left, right) => (left === "DATE" && isWhole(right)) || (isWhole(left) && right === "DATE"),
    construct: "a date with a number of days",
    kind: "fails",
    instead: "interval '30' day, or interval '1' day * n",
  },
  {
    operators: ["-"],
    isMet: (left, right) => left === "DATE" && right === "DATE",
    construct: "- of dates",
    kind: "silent",
    instead: "extract(day from date_trunc('day', a) - date_trunc('day', b)): Trino gives an interval",
  },
];

/** What of a statement only the types of its columns tell, by its place in characters, from DuckDB's plan of it. */
export function findUnportableTypes(plan: unknown, sql: string): readonly Unportable[] {
  const text = Buffer.from(sql, "utf8");
  const found = operatorsBelow(plan).flatMap((operator) => {
    const [left = "", right = ""] = treesOf(operator["children"]).map((side) => typeOf(uncast(side, text)));
    const rule = rules.find((one) => one.operators.includes(textOf(operator, "name")) && one.isMet(left, right));
    if (rule === undefined) return [];
    const { construct, kind, instead } = rule;
    return [{ offset: text.subarray(0, placeOf(operator)).toString().length, construct, kind, instead }];
  });
  return [...new Map(found.map((one) => [one.offset, one])).values()];
}

function operatorsBelow(value: unknown): readonly Tree[] {
  if (Array.isArray(value)) return value.flatMap(operatorsBelow);
  if (!isTree(value)) return [];
  const isOperator = value["expression_class"] === "BOUND_FUNCTION" && value["is_operator"] === true;
  return [...(isOperator ? [value] : []), ...Object.values(value).flatMap(operatorsBelow)];
}

/** What a side is before DuckDB casts it by itself; such a cast has the place of what it casts. */
function uncast(side: Tree, text: Buffer): Tree {
  if (side["expression_class"] !== "BOUND_CAST") return side;
  const child = childOf(side, "child");
  const isWritten = /^(?:try_)?cast\b/i.test(text.subarray(placeOf(side), placeOf(side) + 8).toString());
  const isOfCast = child["expression_class"] === "BOUND_CAST" && placeOf(child) === placeOf(side);
  // date '2026-01-31' is a text that DuckDB casts.
  return (isWritten && !isOfCast) || typeOf(child) === "VARCHAR" ? side : child;
}

function typeOf(expression: Tree): string {
  const returned = textOf(childOf(expression, "return_type"), "id");
  return returned === "" ? textOf(childOf(childOf(expression, "value"), "type"), "id") : returned;
}

/** In bytes; DuckDB's word for no place is larger than any text. */
function placeOf(expression: Tree): number {
  const place = expression["query_location"];
  return typeof place === "number" ? place : 0;
}
