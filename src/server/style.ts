/** The pages' one style sheet. Widths that depend on values are left to <progress>: the policy allows no inline styles. */
export const style = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1c2330;--soft:#5b6678;--line:#dfe3ea;--tint:#eef1f6;--accent:#2f5bd7;--good:#13733f;--good-bg:#def3e6;--warn:#8a5300;--warn-bg:#fcefd2;--bad:#b3261e;--bad-bg:#fde4e1}
@media (prefers-color-scheme:dark){:root{--bg:#10141b;--card:#181e28;--ink:#e5e9f0;--soft:#98a3b5;--line:#2a3240;--tint:#222a37;--accent:#8fb0ff;--good:#6fd79a;--good-bg:#15382a;--warn:#f0c069;--warn-bg:#3d2f12;--bad:#ff9d94;--bad-bg:#472120}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
a{color:var(--accent)}
header{background:var(--card);border-bottom:1px solid var(--line);position:sticky;top:0;z-index:1}
.bar,main,footer{max-width:76rem;margin:0 auto;padding:0 1.25rem}
.bar{display:flex;align-items:center;gap:.25rem 1.5rem;flex-wrap:wrap;padding-top:.6rem}
.brand{font-weight:700;letter-spacing:-.01em;color:inherit;text-decoration:none;padding-bottom:.6rem}
nav{display:flex;gap:1.1rem;overflow-x:auto}
nav a{color:var(--soft);text-decoration:none;white-space:nowrap;padding-bottom:.6rem;border-bottom:2px solid transparent}
nav a:hover{color:var(--ink)}
nav a[aria-current]{color:var(--ink);border-color:var(--accent);font-weight:600}
#live{margin-left:auto;margin-bottom:.5rem;font:inherit;font-size:.8rem;color:var(--soft);background:none;border:1px solid var(--line);border-radius:99px;padding:.1rem .75rem;cursor:pointer}
#live::before{content:"";display:inline-block;width:.5rem;height:.5rem;border-radius:50%;margin-right:.45rem;background:var(--soft)}
#live[data-state=live]::before{background:var(--good)}
#live[data-state=lost]{color:var(--bad)}#live[data-state=lost]::before{background:var(--bad)}
h1{font-size:1.5rem;line-height:1.25;letter-spacing:-.02em;margin:1.6rem 0 1rem}
h2{font-size:1.1rem;margin:2rem 0 .75rem;display:flex;flex-wrap:wrap;align-items:baseline;gap:.2rem .75rem;overflow-wrap:anywhere}
h2 small,.soft{color:var(--soft);font-weight:400;font-size:.875rem}
h3{font-size:.95rem;margin:0;overflow-wrap:anywhere}
p{margin:.5rem 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:0}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.75rem 1rem}
.tiles dt{color:var(--soft);font-size:.8rem}
.tiles dd{margin:0;font-size:1.45rem;line-height:1.3;font-weight:600;letter-spacing:-.02em;font-variant-numeric:tabular-nums;white-space:nowrap}
.tiles .bad dd{color:var(--bad)}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem 1.1rem;margin:0 0 .75rem;overflow:hidden}
.card>header{all:unset;display:flex;align-items:center;flex-wrap:wrap;gap:.4rem .6rem;margin-bottom:.5rem}
.pill{font-size:.75rem;font-weight:600;border-radius:99px;padding:.05rem .6rem;white-space:nowrap;background:var(--tint);color:var(--soft)}
.good{background:var(--good-bg);color:var(--good)}.warn{background:var(--warn-bg);color:var(--warn)}.pill.bad{background:var(--bad-bg);color:var(--bad)}
.kind{font-size:.75rem;color:var(--soft);border:1px solid var(--line);border-radius:.3rem;padding:0 .4rem}
.scroll{overflow-x:auto;margin:0 -1.1rem;padding:0 1.1rem}
table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
th{color:var(--soft);font-weight:500;text-align:left;font-size:.78rem}
th,td{padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child>td{border-bottom:0}
th:last-child,td:last-child{padding-right:0}
.num{text-align:right;white-space:nowrap}
.text{overflow-wrap:anywhere;min-width:10rem}
.error{color:var(--bad);overflow-wrap:anywhere;margin:.4rem 0 0;font-size:.875rem}
code,pre{font:.8125rem/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code.label{display:inline-block;background:var(--tint);border-radius:.3rem;padding:0 .4rem;margin:0 .3rem .3rem 0;overflow-wrap:anywhere;max-width:100%}
code.label b{font-weight:400;color:var(--soft)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0}
progress{appearance:none;display:block;width:100%;min-width:6rem;height:.35rem;border:0;border-radius:99px;overflow:hidden;background:var(--tint);margin-top:.3rem}
progress::-webkit-progress-bar{background:var(--tint)}progress::-webkit-progress-value{background:var(--accent)}progress::-moz-progress-bar{background:var(--accent)}
details{margin-top:.5rem}
summary{cursor:pointer;color:var(--soft);font-size:.875rem}
details>div{margin-top:.5rem}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1.25rem}
.pair>div{min-width:0}
.pair h4{margin:0 0 .35rem;font-size:.78rem;font-weight:500;color:var(--soft)}
.columns{display:grid;align-items:start;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:.75rem}
.columns .card{margin:0}
dl.plain{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.5rem 0 0;font-size:.875rem}
dl.plain dt{color:var(--soft)}dl.plain dd{margin:0;overflow-wrap:anywhere}
footer{color:var(--soft);font-size:.8rem;padding-top:1.5rem;padding-bottom:2rem}
@media (max-width:40rem){
.bar,main,footer{padding-left:.9rem;padding-right:.9rem}
.bar nav{order:1;width:100%;gap:.8rem;font-size:.875rem}
.pair{grid-template-columns:1fr;gap:.5rem}
.tiles{grid-template-columns:1fr 1fr}
.tiles dd{font-size:1.2rem}
.stack thead{display:none}
.stack tr{display:block;padding:.5rem 0;border-bottom:1px solid var(--line)}
.stack tr:last-child{border-bottom:0}
.stack td{display:flex;justify-content:space-between;gap:1rem;border:0;padding:.12rem 0;text-align:right;white-space:normal;overflow-wrap:anywhere}
.stack td::before{content:attr(data-name);color:var(--soft);text-align:left;white-space:nowrap;flex:none}
.stack td.text{min-width:0;display:block;text-align:left}.stack td.text::before{content:none}
.stack td:empty{display:none}
.stack progress{width:7rem}
dl.plain{grid-template-columns:1fr}
}
`;
