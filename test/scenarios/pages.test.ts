import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { AgentProcess } from '../../demo/agent-process.js';
import { AuditEvents } from '../../demo/audit/audit-events.js';
import { freePort } from '../../demo/free-port.js';
import { LokiReceiver } from '../../demo/loki/receiver.js';

const executablePath = '/usr/bin/chromium';
/** What the pages looked like in the last run, for people. */
const screenshots = join(import.meta.dirname, '..', '..', '.screenshots');

const jobs = ['kube-audit', 'ingress', 'node-logs'];
const paths = ['/', '/targets', '/service-discovery', '/config'];
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true };

/** The pages of a real agent, in a real browser. */
describe.skipIf(!existsSync(executablePath))('the pages', () => {
  let dir: string;
  let loki: LokiReceiver;
  let agent: AgentProcess;
  let browser: Browser;
  const events = new AuditEvents({ seed: 1, startMs: Date.now(), eventsPerSecond: 100 });
  const write = (lines: number) => {
    const text = Array.from({ length: lines }, () => `${events.next()}\n`).join('');
    appendFileSync(join(dir, 'audit.log'), text);
  };

  beforeAll(async () => {
    rmSync(screenshots, { recursive: true, force: true });
    mkdirSync(screenshots);
    dir = mkdtempSync(join(tmpdir(), 'auditail-pages-'));
    loki = await LokiReceiver.start();
    const port = await freePort();
    const configFile = join(dir, 'config.yaml');
    write(300);
    writeFileSync(join(dir, 'ingress.log'), 'one\ntwo\n');
    writeFileSync(configFile, stringify(config(dir, port, loki.url, await freePort())));
    agent = new AgentProcess({ configFile, port });
    await loki.lines(302, { timeoutMs: 30_000 });
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await agent?.kill();
    await loki?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** A page, and what the browser complained of. */
  async function open(path: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(agent.url + path);
    return { page, complaints };
  }

  it('show what goes on as it goes on', async () => {
    const { page, complaints } = await open('/');
    await page.getByText('kube-audit').first().waitFor();
    const accepted = tile(page, 'Accepted');
    const before = await accepted.textContent();
    write(40);
    await expect.poll(() => accepted.textContent(), { timeout: 20_000 }).not.toBe(before);
    await page.locator('#live[data-state=live]').waitFor();
    await expect.poll(() => page.locator('article .error').count(), { timeout: 20_000 }).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });

  it('keep open what was opened, hold still when told to, and say when the agent is gone', async () => {
    const { page, complaints } = await open('/targets');
    const details = page.locator('details').first();
    await details.locator('summary').click();
    const first = await page.locator('main').elementHandle();
    await expect
      .poll(() => first!.evaluate((main) => (main as { isConnected: boolean }).isConnected), {
        timeout: 20_000,
      })
      .toBe(false);
    expect(await details.getAttribute('open')).not.toBeNull();
    const button = page.locator('#live');
    await button.click();
    expect(await button.textContent()).toBe('Paused');
    await button.click();
    expect(complaints).toEqual([]);
    await page.route('**', (route) => route.abort());
    await page.locator('#live[data-state=lost]').waitFor();
    expect(await page.getByText('audit.log').count()).toBeGreaterThan(0);
  });

  it('work without JavaScript', async () => {
    const { page } = await open('/', { javaScriptEnabled: false });
    expect(await page.locator('#live').isVisible()).toBe(false);
    expect(await page.locator('meta[http-equiv=refresh]').count()).toBe(1);
    await page.getByRole('link', { name: 'Targets' }).click();
    expect(await page.locator('h1').textContent()).toBe('Targets');
    await page.locator('summary').first().click();
    expect(await page.getByText('__path__').first().isVisible()).toBe(true);
  });

  for (const path of paths) {
    it(`${path} fits a phone, and is dark or light as the reader likes`, async () => {
      const name = path === '/' ? 'overview' : path.slice(1);
      const { page: small } = await open(path, { ...phone, colorScheme: 'dark' });
      await small.screenshot({ path: join(screenshots, `${name}-phone-dark.png`), fullPage: true });
      expect(await widthOf(small)).toBeLessThanOrEqual(390);
      const { page: wide } = await open(path, { colorScheme: 'light' });
      await wide.screenshot({ path: join(screenshots, `${name}-light.png`), fullPage: true });
      expect(await brightness(small)).toBeLessThan(60);
      expect(await brightness(wide)).toBeGreaterThan(200);
    });
  }
});

function config(dir: string, port: number, url: string, deadPort: number): object {
  const file = (name: string) => ({
    job_name: name,
    pipeline_stages:
      name === 'kube-audit'
        ? [
            { json: { expressions: { verb: 'verb', resource: 'objectRef.resource' } } },
            { labels: { verb: '', resource: '' } },
          ]
        : [],
    relabel_configs: [
      { source_labels: ['__tier'], target_label: 'tier' },
      { action: 'drop', source_labels: ['env'], regex: 'test' },
    ],
    static_configs: [
      {
        targets: ['localhost'],
        labels: {
          job: name,
          __tier: 'control-plane',
          __path__: join(dir, `${name.replace('kube-', '')}.log`),
        },
      },
      { targets: ['localhost'], labels: { job: name, env: 'test', __path__: join(dir, 'test.log') } },
    ],
  });
  return {
    server: { http_listen_address: '127.0.0.1', http_listen_port: port },
    positions: { filename: join(dir, 'positions.yaml') },
    clients: [
      { name: 'loki', url: `${url}/loki/api/v1/push`, batchwait: '200ms' },
      {
        name: 'archive',
        url: `http://127.0.0.1:${deadPort}/loki/api/v1/push`,
        backoff_config: { min_period: '100ms', max_period: '1s' },
      },
    ],
    scrape_configs: jobs.map(file),
  };
}

function tile(page: Page, name: string) {
  return page.locator('.tiles div', { hasText: name }).first().locator('dd');
}

/** What the content takes in width. */
function widthOf(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth');
}

/** Of the background: 0 to 255. */
async function brightness(page: Page): Promise<number> {
  const color: string = await page.evaluate('getComputedStyle(document.body).backgroundColor');
  const [red, green, blue] = color.match(/\d+/g)!.map(Number) as [number, number, number];
  return (red + green + blue) / 3;
}
