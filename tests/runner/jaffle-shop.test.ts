import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";

import { withDuckDB } from "../../runner/warehouse/duckdb.ts";
import { outcomeOf, startTonearm } from "../support/tonearm.ts";

const source = resolve(import.meta.dirname, "../projects/jaffle_shop");

/** Lines of a CSV without quotes, by the names of its first line. */
async function readCsv(name: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const [head = "", ...lines] = (await readFile(join(source, "seeds", `${name}.csv`), "utf8")).trim().split("\n");
  const names = head.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [names[at] ?? "", cell])));
}

test("jaffle_shop builds with its 20 tests by --project-dir, and its figures are those of its files", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "tonearm-jaffle-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp(source, join(folder, "jaffle_shop"), { recursive: true });
  const run = (...args: readonly string[]) =>
    outcomeOf(startTonearm([...args, "--project-dir", "jaffle_shop"], { cwd: folder }));
  const built = await run("build");
  assert.equal(built.code, 0, `${built.stdout}${built.stderr}`);
  // 3 seeds, 5 models, 20 tests.
  assert.match(built.stdout, /PASS=28 WARN=0 ERROR=0 SKIP=0 REUSED=0 TOTAL=28/);
  assert.match((await run("test")).stdout, /^Done\. PASS=20 WARN=0 FAIL=0 ERROR=0 SKIP=0 TOTAL=20$/m);
  const listed = (await run("list", "--select", "+orders", "--resource-type", "model")).stdout;
  assert.deepEqual(listed.match(/(?:staging|marts)\.\w+/g), [
    "staging.stg_orders",
    "staging.stg_payments",
    "marts.orders",
  ]);

  const [customers, orders, payments] = [
    await readCsv("raw_customers"),
    await readCsv("raw_orders"),
    await readCsv("raw_payments"),
  ];
  const paid = (of: (payment: Readonly<Record<string, string>>) => boolean): number =>
    payments.filter(of).reduce((cents, { amount }) => cents + Number(amount), 0) / 100;
  const path = join(folder, "jaffle_shop/data/warehouse.duckdb");
  await withDuckDB({ path, readOnly: true }, async (database) => {
    const connection = await database.connect();
    const builtOrders = await connection.query("select * from marts.orders order by order_id");
    assert.equal(builtOrders.length, 99);
    assert.deepEqual(
      builtOrders.map(({ order_id, customer_id, amount, coupon_amount }) => [
        order_id,
        customer_id,
        amount,
        coupon_amount,
      ]),
      orders.map(({ id, user_id }) => [
        Number(id),
        Number(user_id),
        paid(({ order_id }) => order_id === id),
        paid(({ order_id, payment_method }) => order_id === id && payment_method === "coupon"),
      ]),
    );
    const builtCustomers = await connection.query(
      "select customer_id, number_of_orders, customer_lifetime_value, cast(first_order as varchar) as first_order from marts.customers order by customer_id",
    );
    assert.equal(builtCustomers.length, 100);
    assert.deepEqual(
      builtCustomers.map((row) => Object.values(row)),
      customers.map(({ id }) => {
        const own = orders.filter(({ user_id }) => user_id === id);
        const value = paid(({ order_id }) => own.some((order) => order.id === order_id));
        const first = own.map(({ order_date }) => order_date ?? "").toSorted()[0];
        return [Number(id), own.length === 0 ? null : own.length, own.length === 0 ? null : value, first ?? null];
      }),
    );
  });
});
