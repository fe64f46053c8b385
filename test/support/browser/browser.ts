import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import type { Issued } from "../certificates";
import type { PageClient, PageLogin } from "./client";

/**
 * Starts the browser that `npm test` prepares.
 *
 * @param trusted certificates that it accepts though it does not know their authority
 * @returns undefined where it cannot be had
 */
export async function startBrowser(trusted: readonly string[]): Promise<Browser | undefined> {
  const { CHROMIUM: executablePath } = process.env;
  if (executablePath === undefined || executablePath === "") {
    return undefined;
  }
  const keys = trusted.map((cert) => new X509Certificate(cert).publicKey.export({ type: "spki", format: "der" }));
  const digests = keys.map((key) => createHash("sha256").update(key).digest("base64"));
  return chromium.launch({ executablePath, args: [`--ignore-certificate-errors-spki-list=${digests.join(",")}`] });
}

/** A site on a port of its own, and therefore with an origin of its own. Its only page contains a NATS client. */
export class Site {
  private constructor(
    readonly origin: string,
    private readonly server: ReturnType<typeof createServer>,
    /** What the site sets as a cookie: `name=value`. */
    private readonly cookie: { text: string },
  ) {}

  /** Starts a site. @param identity its certificate; without one, the site has no TLS */
  static async start(identity?: Issued): Promise<Site> {
    const script = bundle();
    const cookie = { text: "" };
    const attributes = ["HttpOnly", "SameSite=Strict", ...(identity === undefined ? [] : ["Secure"])].join("; ");
    const listener: RequestListener = (request, response) => {
      if (request.url === "/log-in") {
        response.setHeader("set-cookie", `${cookie.text}; ${attributes}`);
      }
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(`<!doctype html><title>NATS</title><script>${script}</script>`);
    };
    const server = identity === undefined ? createServer(listener) : createTlsServer(identity, listener);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return new Site(`${identity === undefined ? "http" : "https"}://127.0.0.1:${port}`, server, cookie);
  }

  /** Opens the page. */
  async open(context: BrowserContext): Promise<SitePage> {
    const page = await context.newPage();
    await page.goto(this.origin);
    return new SitePage(page);
  }

  /** Logs in to the site, which sets a cookie that no script can read. @param cookie `name=value` */
  async logIn(context: BrowserContext, cookie: string): Promise<void> {
    this.cookie.text = cookie;
    const page = await context.newPage();
    await page.goto(`${this.origin}/log-in`);
    await page.close();
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** A page with a NATS client. The functions run in the browser, so they use nothing of this file. */
export class SitePage {
  constructor(private readonly page: Page) {}

  /** Logs in. @returns the name of the server, or why it refuses the client */
  logIn(login: PageLogin): ReturnType<PageClient["logIn"]> {
    return this.page.evaluate((own) => (globalThis as unknown as InPage).natsClient.logIn(own), login);
  }

  relay(subject: string, to: string): Promise<void> {
    return this.page.evaluate(
      ([from = "", other = ""]) => (globalThis as unknown as InPage).natsClient.relay(from, other),
      [subject, to],
    );
  }

  /** The cookies that scripts of the page can read. */
  readableCookies(): Promise<string> {
    return this.page.evaluate(() => (globalThis as unknown as InPage).document.cookie);
  }
}

interface InPage {
  readonly natsClient: PageClient;
  readonly document: { readonly cookie: string };
}

let bundled: string | undefined;

/** Bundles the client of the page, once. */
function bundle(): string {
  const entryPoints = [join(__dirname, "client.ts")];
  bundled ??= buildSync({ entryPoints, bundle: true, write: false, format: "iife", platform: "browser" })
    .outputFiles.map(({ text }) => text.replaceAll("</script", "<\\/script"))
    .join("");
  return bundled;
}
