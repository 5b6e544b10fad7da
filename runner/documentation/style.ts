/** The only style sheet: one column that fits a phone, light and dark by the reader's own setting. */
export const siteStyle = String.raw`:root {
  color-scheme: light dark;
  --paper: #fdfcfa; --card: #ffffff; --ink: #1d2327; --quiet: #5f6870; --line: #e3e0da;
  --link: #0b6b52; --accent: #0f8a68; --wash: #eef6f2; --warm: #9a4a12; --warm-wash: #fbf0e6;
  --edge: #c9cfcc; --shadow: 0 1px 2px rgb(40 40 30 / 6%), 0 4px 16px rgb(40 40 30 / 5%);
  --mono: ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181a; --card: #1b2124; --ink: #e4e7e6; --quiet: #98a3a8; --line: #2c3437;
    --link: #6fd3b3; --accent: #3fb991; --wash: #1c2f29; --warm: #f0ad78; --warm-wash: #33261b;
    --edge: #455055; --shadow: none;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 5rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans); overflow-wrap: break-word; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 2.5rem) 5rem; }
main:focus { outline: none; }
h1 { font-size: clamp(1.6rem, 5vw, 2.3rem); line-height: 1.15; letter-spacing: -0.02em; margin: 0.2rem 0 0.6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; letter-spacing: -0.01em; margin: 2.8rem 0 0.9rem; padding-bottom: 0.35rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 0.8rem; text-transform: uppercase; letter-spacing: 0.08em; color: var(--quiet); margin: 1.6rem 0 0.6rem; }
code, pre, .type { font-family: var(--mono); font-size: 0.86em; }
.quiet { color: var(--quiet); }
.lead { font-size: 1.1rem; max-width: 46rem; margin: 0.6rem 0 1.4rem; }
.crumbs { margin: 0; color: var(--quiet); font-size: 0.9rem; }
.skip { position: absolute; left: -999rem; padding: 0.6rem 1rem; background: var(--card); z-index: 3; }
.skip:focus { left: 0.5rem; top: 0.5rem; }

.top { position: sticky; top: 0; z-index: 2; display: flex; gap: 1rem; align-items: center; padding: 0.6rem clamp(1rem, 4vw, 2.5rem); background: var(--paper); border-bottom: 1px solid var(--line); }
.home { font-weight: 650; letter-spacing: -0.01em; color: var(--ink); }
.search { position: relative; flex: 1; max-width: 32rem; margin-left: auto; }
.search input { width: 100%; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 0.45rem 2.4rem 0.45rem 0.8rem; }
.search input:focus { outline: 2px solid var(--accent); outline-offset: 0; border-color: transparent; }
.search kbd { position: absolute; right: 0.7rem; top: 50%; translate: 0 -50%; font: 0.8rem var(--mono); color: var(--quiet); border: 1px solid var(--line); border-radius: 5px; padding: 0 0.4rem; pointer-events: none; }
.search input:focus + kbd { display: none; }
#results { position: absolute; inset: calc(100% + 0.4rem) 0 auto; margin: 0; padding: 0.3rem; list-style: none; max-height: min(28rem, 70vh); overflow: auto; background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: 0 12px 40px rgb(0 0 0 / 22%); }
#results a { display: grid; grid-template-columns: auto 1fr; gap: 0 0.6rem; align-items: baseline; padding: 0.45rem 0.6rem; border-radius: 8px; color: var(--ink); }
#results a:hover, #results [aria-selected="true"] a { background: var(--wash); text-decoration: none; }
#results .name { font-weight: 600; overflow-wrap: anywhere; }
#results .kind { color: var(--quiet); font-size: 0.85rem; }
#results .about { grid-column: 1 / -1; color: var(--quiet); font-size: 0.88rem; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
#results .none { padding: 0.6rem; color: var(--quiet); }

.badges { display: flex; flex-wrap: wrap; gap: 0.35rem; margin: 0; }
.badge { display: inline-block; font-size: 0.78rem; line-height: 1.5; padding: 0 0.5rem; border-radius: 99px; border: 1px solid var(--line); color: var(--quiet); background: var(--card); }
.badge.kind { background: var(--wash); border-color: transparent; color: var(--link); font-weight: 600; }
.badge.source, .badge.seed, .badge.critical { background: var(--warm-wash); border-color: transparent; color: var(--warm); }
.badge.test { border-radius: 6px; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.35rem 1.2rem; margin: 0; font-size: 0.95rem; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }

.figures { display: flex; flex-wrap: wrap; gap: 0.4rem 1.6rem; margin: 0 0 1rem; padding: 0; list-style: none; color: var(--quiet); }
.figures strong { color: var(--ink); font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.jump { display: flex; flex-wrap: wrap; gap: 0.4rem; }
.jump a { padding: 0.25rem 0.8rem; border: 1px solid var(--line); border-radius: 99px; background: var(--card); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 0.8rem; margin: 0; padding: 0; list-style: none; }
.cards li { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 0.8rem 1rem; box-shadow: var(--shadow); }
.cards li > a { font-weight: 600; overflow-wrap: anywhere; }
.cards p { margin: 0.25rem 0 0; font-size: 0.92rem; color: var(--quiet); }
.list { padding: 0; list-style: none; display: grid; gap: 0.6rem; margin: 0; }

.columns { border: 1px solid var(--line); border-radius: 12px; background: var(--card); box-shadow: var(--shadow); overflow: hidden; }
.columns [role="row"] { display: grid; grid-template-columns: minmax(11rem, 1.1fr) minmax(7rem, 0.7fr) 3fr; gap: 0.2rem 1rem; padding: 0.6rem 1rem; border-top: 1px solid var(--line); }
.columns .heads { border-top: 0; font-size: 0.8rem; color: var(--quiet); }
.column .name { font-weight: 600; overflow-wrap: anywhere; }
.column .name a { color: var(--ink); }
.column .type { color: var(--quiet); overflow-wrap: anywhere; padding-top: 0.15rem; }
.column:target { background: var(--wash); }
.tests { display: flex; flex-wrap: wrap; gap: 0.3rem; margin-top: 0.3rem; }
.origins { display: block; margin-top: 0.3rem; font-size: 0.9rem; overflow-wrap: anywhere; }

.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 12px; background: var(--card); padding: 0.8rem; box-shadow: var(--shadow); }
svg.lineage { display: block; margin: 0 auto; font: 13px var(--mono); }
svg .frame { fill: var(--paper); stroke: var(--line); }
svg .own .frame { stroke: var(--accent); stroke-width: 1.5; }
svg .head { font: 600 13.5px var(--sans); fill: var(--ink); }
svg .row rect { fill: transparent; }
svg .row text { fill: var(--quiet); font-size: 12px; }
svg a:hover { text-decoration: none; }
svg a.row:focus-visible { outline: none; }
svg .row.is-on rect { fill: var(--wash); }
svg .row.is-on text { fill: var(--link); font-weight: 600; }
svg .edge { fill: none; stroke: var(--edge); stroke-width: 1.2; opacity: 0.85; }
svg.is-lit .edge { opacity: 0.18; }
svg.is-lit .edge.is-on { opacity: 1; stroke: var(--accent); stroke-width: 2; }
.whole { margin-top: 0.8rem; }
.whole .scroll { margin-top: 0.5rem; max-height: 85vh; overflow: auto; }
details summary { cursor: pointer; color: var(--link); }
pre { overflow: auto; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem; line-height: 1.5; }

@media (max-width: 44rem) {
  .search kbd { display: none; }
  #results { position: fixed; inset: 3.9rem 0.75rem auto; }
  .search input { padding-right: 0.8rem; }
  .columns .heads { display: none; }
  .columns [role="row"] { grid-template-columns: 1fr auto; }
  .column .about { grid-column: 1 / -1; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: 0.5rem; }
}
@media print { .top, .skip { display: none; } }
`;
