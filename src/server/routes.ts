import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Registry } from 'prom-client';
import { answer, answerText, type Handler } from '../http/listener.js';
import { logLevels } from '../log/agent-log.js';
import { allFamilies, contentTypes, formatFor, printMetrics } from '../metrics/exposition.js';
import type { AgentView } from './agent-view.js';
import { configPage } from './config-page.js';
import { discoveryPage } from './discovery-page.js';
import { contentSecurityPolicy, frame, type PagePath } from './frame.js';
import { overviewPage } from './overview-page.js';
import type { Page } from './page.js';
import { ReadRates } from './read-rates.js';
import { readinessOf } from './readiness.js';
import type { ServerConfig } from './server-schema.js';
import { targetsPage } from './targets-page.js';

/** The agent's routes by their path. */
export function routesOf(
  agent: AgentView,
  config: ServerConfig,
  registry: Registry,
): ReadonlyMap<string, Handler> {
  const base = externalPath(config);
  const rates = new ReadRates(Date.now);
  const routes = new Map<string, Handler>([
    ...Object.entries(pages).map(
      ([path, page]) => [path, show(page, path as PagePath, agent, base, rates)] as const,
    ),
    ['/ready', ready(agent, config.health_check_target)],
    ['/log_level', logLevel(agent)],
  ]);
  if (config.register_instrumentation) routes.set('/metrics', metrics(agent, registry));
  if (config.enable_runtime_reload) routes.set('/reload', reload(agent));
  return routes;
}

const pages: Readonly<Record<PagePath, Page>> = {
  '/': overviewPage,
  '/targets': targetsPage,
  '/service-discovery': discoveryPage,
  '/config': configPage,
};

/** Where links begin: the path of external_url, then the prefix. */
function externalPath({ external_url, http_path_prefix }: ServerConfig): string {
  const path = new URL(external_url, 'http://localhost').pathname;
  return path.replace(/\/+$/, '') + http_path_prefix.replace(/\/+$/, '');
}

const notReady =
  'Not ready: Unable to find any logs to tail. Please verify permissions, volumes, scrape_config, etc.';

function ready(agent: AgentView, asksTargets: boolean): Handler {
  return (request, response) => {
    const isReady = agent.isReady || !asksTargets;
    if (wantsJson(request)) answerJson(response, isReady ? 200 : 500, readinessOf(agent, isReady));
    else if (!isReady) answerText(response, 500, notReady);
    else answer(response, 200, 'text/plain; charset=utf-8', 'Ready');
  };
}

function metrics(agent: AgentView, registry: Registry): Handler {
  return async (request, response) => {
    const format = formatFor(request.headers.accept);
    const text = printMetrics(await allFamilies(registry, agent.customMetrics()), format);
    const isZipped = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(
      String(request.headers['accept-encoding'] ?? ''),
    );
    if (isZipped) response.setHeader('content-encoding', 'gzip');
    answer(response, 200, contentTypes[format], isZipped ? gzipSync(text) : text);
  };
}

/** HTML for people, JSON for those who ask for it. */
function show(page: Page, path: PagePath, agent: AgentView, base: string, rates: ReadRates): Handler {
  return (request, response) => {
    response.setHeader('vary', 'accept');
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    if (wantsJson(request)) {
      answerJson(response, 200, page.json(agent));
      return;
    }
    response.setHeader('content-security-policy', contentSecurityPolicy);
    response.setHeader('referrer-policy', 'no-referrer');
    rates.prune();
    const body = page.html(agent, { rates, now: Date.now });
    answer(response, 200, 'text/html; charset=utf-8', frame(agent, base, path, body));
  };
}

function wantsJson({ headers }: IncomingMessage): boolean {
  return /application\/json/.test(headers.accept ?? '');
}

function answerJson(response: ServerResponse, status: number, value: unknown): void {
  answer(response, status, 'application/json', `${JSON.stringify(value)}\n`);
}

function reload(agent: AgentView): Handler {
  return async (_, response) => {
    try {
      await agent.reload();
      response.end();
    } catch (error) {
      answerText(response, 500, `failed to reload config: ${(error as Error).message}`);
    }
  };
}

/** GET tells the level, POST sets it: `curl -X POST localhost:9080/log_level?log_level=debug`. */
function logLevel(agent: AgentView): Handler {
  return (request, response) => {
    if (request.method === 'POST') {
      const word = new URL(request.url!, 'http://localhost').searchParams.get('log_level');
      const level = logLevels.find((each) => each === word);
      if (level === undefined) {
        answerText(response, 400, `log_level must be one of ${logLevels.join(', ')}`);
        return;
      }
      agent.logLevel = level;
    }
    answerText(response, 200, agent.logLevel);
  };
}
