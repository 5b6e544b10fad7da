import assert from "node:assert/strict";
import { test } from "node:test";

import type { Manifest } from "../../../runner/compile/manifest.ts";
import { ProjectError } from "../../../runner/diagnostics.ts";
import { type Selection, selectResources } from "../../../runner/graph/select-nodes.ts";
import { parseSelector } from "../../../runner/graph/selector.ts";
import { selectableManifest, selectableTest } from "../../support/selectable-manifest.ts";

/** The tree of dbt-core's own selector tests: X.a → Y.b, X.c; Y.b → Y.d, X.e; X.c → Y.f, X.g. */
const tree = selectableManifest("m", {
  a: { path: "models/X/a.sql", reads: [], tags: ["abc"] },
  b: { path: "models/Y/b.sql", reads: ["a"], tags: ["abc", "bcef"] },
  c: { path: "models/X/c.sql", reads: ["a"], tags: ["abc", "bcef"] },
  d: { path: "models/Y/d.sql", reads: ["b"] },
  e: { path: "models/X/e.sql", reads: ["b"], tags: ["efg", "bcef"] },
  f: { path: "models/Y/f.sql", reads: ["c"], tags: ["efg", "bcef"] },
  g: { path: "models/X/g.sql", reads: ["c"], tags: ["efg"] },
});

/** What dbt-core 1.12 says of each (tests/unit/graph/test_selector.py), and @ and depths as its documentation has them. */
const treeCases: readonly [select: string, exclude: string, expected: string][] = [
  ["X.a", "", "a"],
  ["m.X.a", "", "a"],
  ["X", "", "a c e g"],
  ["m", "", "a b c d e f g"],
  ["tag:abc", "", "a b c"],
  ["*", "tag:abc", "d e f g"],
  ["tag:abc a", "", "a b c"],
  ["tag:abc d", "", "a b c d"],
  ["X.a b", "", "a b"],
  ["X.a+", "b", "a c d e f g"],
  ["X.c+", "", "c f g"],
  ["X.a+1", "", "a b c"],
  ["X.a+0", "", "a"],
  ["X.a+", "tag:efg", "a b c d"],
  ["+Y.f", "", "a c f"],
  ["1+Y.f", "", "c f"],
  ["2+Y.f", "", "a c f"],
  ["1+b+1", "", "a b d e"],
  ["@X.c", "", "a c f g"],
  ["@d", "", "a b d"],
  ["@a", "", "a b c d e f g"],
  ["tag:abc tag:bcef", "", "a b c e f"],
  ["tag:abc tag:bcef", "tag:efg", "a b c"],
  ["tag:abc tag:bcef", "tag:efg a", "b c"],
  ["a,a", "", "a"],
  ["+c,c+", "", "c"],
  ["a,b", "", ""],
  ["tag:abc,tag:bcef", "", "b c"],
  ["*,tag:abc,a", "", "a"],
  ["a,tag:abc,*", "", "a"],
  ["tag:abc,tag:bcef", "c", "b"],
  ["tag:bcef,tag:efg", "tag:bcef,@b", "f"],
  ["tag:bcef,tag:efg", "tag:bcef,@a", ""],
  ["*,@a,+b", "*,tag:abc,tag:bcef", "a"],
  ["tag:bcef,tag:efg *,tag:abc", "", "a b c e f"],
  ["tag:bcef,tag:efg *,tag:abc", "e", "a b c f"],
  ["tag:bcef,tag:efg *,tag:abc", "e f", "a b c"],
  ["tag:bcef,tag:efg *,tag:abc", "tag:abc,tag:bcef", "a e f"],
  ["tag:bcef,tag:efg *,tag:abc", "tag:abc,tag:bcef tag:abc,a", "e f"],
];

for (const [select, exclude, expected] of treeCases) {
  test(`as dbt, --select '${select}' --exclude '${exclude}' gives ${expected === "" ? "nothing" : expected}`, () => {
    assert.equal(names(tree, { select: [select], exclude: [exclude] }), expected);
  });
}

/** [steps upstream, method, value, steps downstream, @], of dbt-core's parse cases. */
const parsed: readonly [text: string, expected: readonly [number, string, string, number, boolean]][] = [
  ["a", [0, "fqn", "a", 0, false]],
  ["+a", [Infinity, "fqn", "a", 0, false]],
  ["256+a", [256, "fqn", "a", 0, false]],
  ["a+", [0, "fqn", "a", Infinity, false]],
  ["a+256", [0, "fqn", "a", 256, false]],
  ["+a+", [Infinity, "fqn", "a", Infinity, false]],
  ["16+a+32", [16, "fqn", "a", 32, false]],
  ["@a", [0, "fqn", "a", 0, true]],
  ["16+a.b.*+32", [16, "fqn", "a.b.*", 32, false]],
  ["@a.b.*", [0, "fqn", "a.b.*", 0, true]],
  ["tag:a", [0, "tag", "a", 0, false]],
  ["+tag:a", [Infinity, "tag", "a", 0, false]],
  ["16+tag:a+32", [16, "tag", "a", 32, false]],
  ["@source:a", [0, "source", "a", 0, true]],
  ["source:a+1", [0, "source", "a", 1, false]],
  ["models/a", [0, "path", "models/a", 0, false]],
  ["a.sql+", [0, "file", "a.sql", Infinity, false]],
  ["state:modified.body+", [0, "state", "modified.body", Infinity, false]],
];

for (const [text, expected] of parsed) {
  test(`'${text}' is read as dbt reads it`, () => {
    const selector = parseSelector(text);
    assert.ok(!("mistake" in selector));
    const { upstream, method, value, downstream, withDownstreamNeeds } = selector;
    assert.deepEqual([upstream, method, value, downstream, withDownstreamNeeds], expected);
  });
}

for (const text of ["@a+", "@a.b+", "@a.b*+", "@tag:a+", "@source:a+"]) {
  test(`'${text}' is a mistake, as in dbt`, () => {
    assert.throws(() => names(tree, { select: [text], exclude: [] }), ProjectError);
  });
}

/** One of each kind that dbt's methods tell apart. */
const shop: Manifest = {
  ...selectableManifest("pkg", {
    view_model: { path: "models/view_model.sql", reads: ["raw.seed"], tags: ["uses_ephemeral"], materialized: "view" },
    table_model: { path: "models/subdirectory/table_model.sql", reads: ["view_model"], uniqueKey: ["id", "day"] },
    union_model: { path: "models/unions/union_model.sql", reads: ["table_model", "ext_raw.ext_source"] },
    deep_model: { path: "models/unions/deep/deep_model.sql", reads: ["union_model"], materialized: "incremental" },
  }),
  tests: [
    selectableTest("pkg", { name: "not_null_table_model_id", of: ["table_model"] }),
    selectableTest("pkg", { name: "not_null_union_model_id", of: ["union_model", "table_model"] }),
    selectableTest("pkg", { name: "view_test_nothing", of: ["view_model"], kind: "singular" }),
  ],
  unitTests: [
    {
      uniqueId: "unit_test.pkg.table_model.adds_up",
      name: "adds_up",
      model: "table_model",
      description: "",
      path: "tests/models/table_model.yml",
      place: { line: 1, column: 1 },
      dependsOn: ["model.pkg.table_model"],
    },
  ],
  dashboards: [
    {
      name: "sales",
      title: "Sales",
      description: "",
      header: [],
      filters: [],
      tabs: [
        {
          title: "All",
          charts: [
            {
              kind: "table",
              name: "rows",
              title: "Rows",
              why: "All of them.",
              table: "unions.union_model",
              columns: ["id"],
              order_by: [],
              limit: 10,
              where: {},
            },
          ],
        },
      ],
    },
  ],
};

const methodCases: readonly [select: string, expected: string][] = [
  ["fqn:pkg.unions", "union_model deep_model"],
  ["pkg.unions.*", "union_model deep_model"],
  ["*unions*", "union_model deep_model"],
  ["*.?????_model", "table_model union_model"],
  ["*.[t-u][a-n][b-i][l-o][e-n]_model", "table_model union_model"],
  ["[!t]*_model", "view_model table_model union_model deep_model"],
  ["tag:uses_eph*", "view_model"],
  ["source:raw", "seed"],
  ["source:raw.seed", "seed"],
  ["source:pkg.raw.seed", "seed"],
  ["source:*.ext_[s]ourc?", "ext_source"],
  ["source:pkg.*.*", "seed ext_source"],
  ["source:raw+1", "seed view_model"],
  ["path:models/*.sql", "view_model"],
  ["path:models/unions", "union_model deep_model"],
  ["models/unions/*.sql", "union_model"],
  ["models/**/*_model.sql", "view_model table_model union_model deep_model"],
  ["./models/subdirectory/", "table_model"],
  ["file:table_model.sql", "table_model"],
  ["file:union_model", "union_model"],
  ["deep_model.sql", "deep_model"],
  ["package:pkg,resource_type:source", "seed ext_source"],
  ["package:this,test_type:unit", "adds_up"],
  ["config.materialized:view", "view_model"],
  ["config.materialized:incremental+", "deep_model"],
  ["config.unique_key:day", "table_model"],
  ["config.critical:false,config.schema:unions", "union_model deep_model"],
  ["config.severity:error,test_type:generic", "not_null_table_model_id not_null_union_model_id"],
  ["config.materialized:ephemeral", ""],
  ["resource_type:source", "seed ext_source"],
  ["resource_type:exposure", "sales"],
  ["test_name:not_null", "not_null_table_model_id not_null_union_model_id"],
  ["test_name:not_*", "not_null_table_model_id not_null_union_model_id"],
  ["test_type:generic", "not_null_table_model_id not_null_union_model_id"],
  ["test_type:singular", "view_test_nothing"],
  ["test_type:data", "not_null_table_model_id not_null_union_model_id view_test_nothing"],
  ["test_type:unit", "adds_up"],
  ["unit_test:adds_*", "adds_up"],
  ["exposure:sales", "sales"],
  ["1+exposure:sales", "union_model sales"],
  ["union_model+,resource_type:exposure", "sales"],
];

for (const [select, expected] of methodCases) {
  test(`as dbt's methods, --select '${select}' gives ${expected === "" ? "nothing" : expected}`, () => {
    const selected = names(shop, { select: [select], exclude: [], indirectSelection: "empty" }).split(" ");
    assert.deepEqual(selected.toSorted(), expected.split(" ").toSorted());
  });
}

test("tests come with what each part of an intersection selects", () => {
  assert.equal(names(shop, { select: ["table_model,test_type:unit"], exclude: [] }), "adds_up");
  const dataTests = names(shop, { select: ["table_model,test_type:data"], exclude: [] });
  assert.equal(dataTests, "not_null_table_model_id not_null_union_model_id");
  assert.equal(
    names(shop, { select: ["test_type:data"], exclude: ["union_model"] }),
    "not_null_table_model_id view_test_nothing",
  );
});

test("--resource-type keeps one kind of what is selected", () => {
  const selected = { select: ["table_model"], exclude: [], resourceType: ["unit_test", "test"] } as const;
  assert.equal(names(shop, selected), "not_null_table_model_id not_null_union_model_id adds_up");
});

const indirect: readonly [select: string, mode: Selection["indirectSelection"], expected: string][] = [
  ["table_model", "eager", "not_null_table_model_id not_null_union_model_id"],
  ["table_model", "cautious", "not_null_table_model_id"],
  ["union_model", "cautious", ""],
  ["union_model", "buildable", "not_null_union_model_id"],
  ["table_model", "buildable", "not_null_table_model_id"],
  ["table_model union_model", "cautious", "not_null_table_model_id not_null_union_model_id"],
  ["table_model union_model", "empty", ""],
];

for (const [select, mode, expected] of indirect) {
  test(`with ${mode} indirect selection, --select '${select}' takes the data tests ${expected || "none"}`, () => {
    const selection: Selection = { select: [select], exclude: [], indirectSelection: mode, resourceType: ["test"] };
    assert.equal(names(shop, selection), expected);
  });
}

function names(manifest: Manifest, selection: Selection): string {
  return selectResources(manifest, selection)
    .map(({ uniqueId }) => uniqueId.split(".").at(-1) ?? "")
    .join(" ");
}
