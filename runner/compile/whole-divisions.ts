import { childOf, isTree, textOf, treesOf, type Tree } from "./syntax-tree.ts";

/** 0.33 in DuckDB, 0 on Trino; decimals keep there as many decimals as they have. */
const isWhole = (type: string): boolean => /^U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?(?:_LITERAL)?$|^DECIMAL$/.test(type);

/** Where a statement divides whole numbers or decimals by each other, in characters, from DuckDB's plan of it. */
export function findWholeDivisions(plan: unknown, sql: string): readonly number[] {
  const text = Buffer.from(sql, "utf8");
  const offsets = divisionsBelow(plan)
    .filter((division) => treesOf(division["children"]).every((side) => isWhole(typeOf(uncast(side, text)))))
    .map((division) => text.subarray(0, placeOf(division)).toString().length);
  return [...new Set(offsets)].toSorted((left, right) => left - right);
}

function divisionsBelow(value: unknown): readonly Tree[] {
  if (Array.isArray(value)) return value.flatMap(divisionsBelow);
  if (!isTree(value)) return [];
  const isDivision = value["expression_class"] === "BOUND_FUNCTION" && value["name"] === "/";
  return [...(isDivision ? [value] : []), ...Object.values(value).flatMap(divisionsBelow)];
}

/** What a side is before DuckDB makes a double of it by a cast of its own, which has the place of what it casts. */
function uncast(side: Tree, text: Buffer): Tree {
  if (side["expression_class"] !== "BOUND_CAST") return side;
  const child = childOf(side, "child");
  const isWritten = /^(?:try_)?cast\b/i.test(text.subarray(placeOf(side), placeOf(side) + 8).toString());
  const isOfCast = child["expression_class"] === "BOUND_CAST" && placeOf(child) === placeOf(side);
  return isWritten && !isOfCast ? side : child;
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
