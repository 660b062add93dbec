// How soon a report can be used, and how fast it filters: node bench/report.mjs REPORT [ROUNDS]
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [file, rounds = '5'] = process.argv.slice(2);
const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
const opened = [];
const filtered = [];
const cased = [];
const walls = [];
let cases = 0;

// CPU time of the page's main thread: wall time on a busy machine says little.
async function cpuOf(session, act) {
  const ticks = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  };
  const before = await ticks();
  await act();
  return (await ticks()) - before;
}
const settled = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

for (let round = 0; round < Number(rounds); ++round) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  opened.push(
    await cpuOf(session, async () => {
      await page.goto(pathToFileURL(resolve(file)).href);
      await page.waitForSelector('.matrix .cell');
      await page.evaluate(settled);
    }),
  );
  walls.push(await page.evaluate(() => performance.now()));
  cases = await page.locator('.cell').count();
  for (const text of ['s', 'staple', 'must', 'staple nats', '']) {
    filtered.push(
      await cpuOf(session, () =>
        page.evaluate(async (given) => {
          const input = document.querySelector('.search input');
          input.value = given;
          input.dispatchEvent(new Event('input', { bubbles: true }));
          await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        }, text),
      ),
    );
  }
  cased.push(
    await cpuOf(session, () =>
      page.evaluate(async (given) => {
        document.querySelectorAll('.cell')[given].click();
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      }, 20 * round),
    ),
  );
  await page.close();
}
await browser.close();
console.log(`${(statSync(file).size / 1e6).toFixed(2)} MB, ${cases} cases, ${rounds} rounds, medians (worst) of the main thread's CPU time:`);
for (const [what, list] of [['open to usable', opened], ['the same, wall', walls], ['filter', filtered], ['open a case', cased]])
  console.log(`  ${what.padEnd(15)} ${median(list).toFixed(0)} ms (${Math.max(...list).toFixed(0)} ms)`);
