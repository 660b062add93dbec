// The report as people meet it: made by the program, opened from a file in Chromium.
//   STAPLELAB  the program     SCENARIOS  the folder to run, in which some cases fail
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const { STAPLELAB, SCENARIOS } = process.env;
const chromiumPath = '/usr/bin/chromium';
const skipped = 77; // as tests/console/CMakeLists.txt knows it

if (!existsSync(chromiumPath)) {
  console.log(`skipped: ${chromiumPath} is missing (Debian's package chromium)`);
  process.exit(skipped);
}

const folder = mkdtempSync(join(tmpdir(), 'report-'));
const file = join(folder, 'report.html');
const made = spawnSync(STAPLELAB, ['run', SCENARIOS, '--report-html', file], { encoding: 'utf8' });
if (made.status === 5) {
  rmSync(folder, { recursive: true });
  console.log(`skipped: ${made.stderr}`);
  process.exit(skipped);
}

let browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The report in a page that fails the test for any error, and for any request but for the report. */
async function open(t, { width = 1280, height = 900, colorScheme = 'light', hash = '' } = {}) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  const asked = [];
  const broken = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('pageerror', (error) => broken.push(error.message));
  page.on('console', (message) => message.type() === 'error' && broken.push(message.text()));
  t.after(async () => {
    await page.close();
    assert.deepEqual(broken, []);
    for (const url of asked) assert.match(url, /^(file|data|blob):/);
  });
  await page.goto(pathToFileURL(file).href + hash);
  await page.waitForSelector('.matrix .cell');
  return page;
}

const failing = 'outage/staple-runs-out::always::plain::builtin:resilient';
const cursorOf = async (page) => Number(await page.getByRole('slider', { name: 'Moment' }).getAttribute('aria-valuenow'));

test('the program tells of the failures, and writes the report', () => {
  assert.equal(made.status, 4, made.stderr);
  assert.ok(readFileSync(file, 'utf8').length < 3_000_000);
});

test('opens at the first failure, with expected, observed and why', async (t) => {
  const page = await open(t);
  const trouble = page.getByRole('region', { name: 'What went wrong' });
  await trouble.waitFor();
  const text = await trouble.innerText();
  assert.match(text, /expected\s+good/);
  assert.match(text, /observed\s+(none|handshake_failed)/);
  assert.match(text, /why it matters/);
  assert.match(text, /staple-runs-out\.json:16/);
  const step = await page.locator('.step.verdict-fail').boundingBox();
  const timeline = await page.locator('.timeline').boundingBox();
  assert.ok(step.x >= timeline.x && step.x + step.width <= timeline.x + timeline.width, 'the failing step is in view');
});

test('filters by verdict, text, mode and tag', async (t) => {
  const page = await open(t);
  const shown = async () => Number(/^\d+/.exec(await page.locator('.shown').innerText())[0]);
  const all = await shown();
  await page.keyboard.press('x');
  const failed = await shown();
  assert.equal(failed, Number(await page.locator('.chip.verdict-fail small').innerText()));
  assert.ok(failed > 0 && failed < all);
  await page.getByRole('button', { name: 'always' }).click();
  assert.ok((await shown()) < failed);
  assert.match(page.url(), /verdict=fail%2Cerror&mode=always/);
  await page.getByRole('button', { name: 'show all' }).click();
  await page.getByRole('combobox', { name: 'Tag' }).selectOption('revocation');
  assert.equal(await page.locator('.matrix tbody tr:not([hidden]) th[scope=row]:visible').count(), 1);
  await page.getByRole('combobox', { name: 'Tag' }).selectOption('');
  await page.keyboard.press('/');
  await page.keyboard.type('seen-in-time must-staple nats');
  assert.equal(await shown(), 4);
  await page.keyboard.press('Escape');
});

test('is walked by keys, from case to case and event to event', async (t) => {
  const page = await open(t, { hash: `#case=${encodeURIComponent(failing)}` });
  const article = page.getByRole('article');
  assert.equal(await article.getAttribute('aria-label'), failing);
  const atFailure = await cursorOf(page);
  await page.keyboard.press('Home');
  assert.equal(await cursorOf(page), 1);
  await page.keyboard.press('ArrowRight');
  assert.equal(await cursorOf(page), 2);
  await page.keyboard.press('f');
  assert.equal(await cursorOf(page), atFailure);
  await page.keyboard.press('j');
  assert.notEqual(await article.getAttribute('aria-label'), failing);
  await page.keyboard.press('k');
  assert.equal(await article.getAttribute('aria-label'), failing);
  await page.keyboard.press('Escape');
  assert.equal(await article.count(), 0);
  await page.waitForFunction(() => location.hash === '');  // which follows what is shown
});

test('tells the story of an incident beside the timeline', async (t) => {
  const id = 'incidents/silent::auto::must-staple::builtin:resilient';
  const page = await open(t, { hash: `#case=${encodeURIComponent(id)}` });
  const story = page.getByRole('complementary', { name: 'The incident' });
  const text = await story.innerText();
  assert.match(text, /12 November 2020/);
  assert.match(text, /ocsp\.apple\.com was reachable/);
  assert.match(text, /Whether a silent responder keeps clients waiting\./);
  assert.match(text, /Serves with what it has\./);
  assert.equal(await story.getByRole('link').count(), 2);
  const beside = await story.boundingBox();
  const timeline = await page.locator('.timeline-box').boundingBox();
  assert.ok(beside.x >= timeline.x + timeline.width, 'beside the timeline on a wide screen');
  const plain = await open(t, { hash: `#case=${encodeURIComponent(failing)}` });
  assert.equal(await plain.getByRole('complementary', { name: 'The incident' }).count(), 0);
});

test('marks what passed although clients suffered, and says how', async (t) => {
  const id = 'outage/known-of-nats::auto::must-staple::builtin:nats';
  const page = await open(t, { hash: `#case=${encodeURIComponent(id)}` });
  const cell = page.locator('.cell[aria-current]');
  assert.match(await cell.getAttribute('aria-label'), /pass, but bad for clients/);
  assert.match(await page.locator('.count.verdict-harm').innerText(), /\d+\s+of these bad for clients/);
  const suffered = page.getByRole('region', { name: 'What clients suffered' });
  assert.match(await suffered.innerText(), /As known for nats, and bad for clients: 3 handshakes failed, 2026-03-09 00:00/);
  await suffered.getByRole('button').click();
  assert.match(await page.locator('.moment').innerText(), /Last client\s*handshake_failed/);
  await page.keyboard.press('t');
  assert.match(await page.locator('.scrubber .handle').textContent(), /^9 Mar 00:00$/);
  assert.ok((await page.locator('.times text').allTextContents()).includes('5 Mar'));
});

test('gives the command that runs just this case', async (t) => {
  const page = await open(t, { hash: `#case=${encodeURIComponent(failing)}` });
  const command = await page.getByRole('button', { name: 'copy command' }).getAttribute('title');
  assert.match(command, /^staplelab run .*staple-runs-out\.json /);
  const again = spawnSync(command.replace('staplelab', STAPLELAB), { shell: true, encoding: 'utf8' });
  assert.equal(again.status, 4, again.stderr);
  assert.match(again.stdout, /\n1 cases: 0 passed, 1 failed/);
});

test('scrubs, zooms and changes its axis', async (t) => {
  const page = await open(t, { hash: `#case=${encodeURIComponent(failing)}` });
  await page.keyboard.press('0');
  const strip = await page.locator('.strip').boundingBox();
  await page.mouse.move(strip.x + strip.width - 4, strip.y + 8);
  await page.mouse.down();
  const last = await cursorOf(page);
  await page.mouse.move(strip.x + strip.width / 2, strip.y + 8, { steps: 4 });
  const middle = await cursorOf(page);
  await page.mouse.move(strip.x + 2, strip.y + 8, { steps: 4 });
  await page.mouse.up();
  assert.ok(last > middle && middle > 1);
  assert.equal(await cursorOf(page), 1);
  const width = async () => (await page.locator('.step').first().boundingBox()).width;
  const before = await width();
  await page.getByRole('button', { name: 'zoom in' }).click();
  assert.ok((await width()) > before);
  await page.keyboard.press('0');
  assert.ok(Math.abs((await width()) - before) < 1);
  await page.keyboard.press('t');
  assert.ok((await page.locator('.times text').allInnerTexts()).length >= 3);
  assert.equal(await page.getByRole('button', { name: 'by clock' }).getAttribute('aria-pressed'), 'true');
});

test('decodes a staple under the pointer and beside its octets', async (t) => {
  const page = await open(t, { hash: `#case=${encodeURIComponent(failing)}` });
  await page.keyboard.press('0');
  const staple = page.locator('.mark[data-event]').filter({ hasText: /^staple server: good/ }).first();
  await staple.hover();
  const tip = page.getByRole('tooltip');
  await tip.waitFor();
  assert.match(await tip.innerText(), /responseStatus\s+successful \(0\)[\s\S]*certStatus\s+good[\s\S]*nextUpdate/);
  await staple.click();
  const fields = page.getByRole('region', { name: 'Decoded OCSP response' });
  const text = await fields.innerText();
  assert.match(text, /certStatus\s*good/);
  assert.match(text, /thisUpdate\s*2026-03-01 00:00:00 UTC/);
  assert.match(text, /nextUpdate\s*2026-03-08 00:00:00 UTC/);
  await fields.getByText('certStatus').hover();
  assert.equal(await page.locator('.hex-line .lit').allInnerTexts().then((octets) => octets.join('')), '8000');
});

test('the moment tells how things stand', async (t) => {
  const page = await open(t, { hash: `#case=${encodeURIComponent(failing)}` });
  const text = await page.locator('.moment').innerText();
  assert.match(text, /Responder\s*down/);
  assert.match(text, /Staple\s*expired/);
});

test('may load nothing from anywhere', async (t) => {
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector('.matrix .cell');
  const policy = await page.locator('meta[http-equiv=Content-Security-Policy]').getAttribute('content');
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|http|\*/);
  const outcome = await page.evaluate(() => fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused'));
  assert.equal(outcome, 'refused');
});

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 390]) {
    test(`is accessible: ${colorScheme}, ${width} pixels`, async (t) => {
      const page = await open(t, { width, colorScheme });
      const check = async (where) => {
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run(document));
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        const told = serious.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`).join('\n  ')}`);
        assert.deepEqual(told, []);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, `${where}: ${wide} pixels too wide`);
      };
      await check('first view');
      await page.locator('.cell.verdict-fail').first().click();
      await page.getByRole('article').waitFor();
      await check('a case');
      await page.keyboard.press('Escape');
      await check('the matrix alone');
    });
  }
}
