import assert from "node:assert/strict";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { Browser, BrowserContext } from "playwright-core";
import { findComplaints } from "../../provider/servers/log";
import { Site, startBrowser } from "../support/browser/browser";
import type { PageLogin } from "../support/browser/client";
import { answer, ask, by } from "../support/clients";
import { filesOf, freeListeners, newPair, type Pair } from "../support/pair";
import { disableTls, enableTls, type PairTls } from "../support/pair-tls";
import { otherSide, SIDES, type Side } from "../support/sides";
import { freePorts } from "../support/stack-ports";
import { loginOf, worldOf, type World } from "../support/world";

const COOKIE = "nats";

describe("clients in a browser", function () {
  this.timeout(60_000);

  let browser: Browser;
  let world: World;
  let tls: PairTls;

  before("a browser that trusts the certificate of the servers", async function () {
    tls = await enableTls("server");
    const started = await startBrowser([tls.server.cert]);
    if (started === undefined) {
      console.error("A test with a browser requires Chromium, which CHROMIUM names.");
      this.skip();
    }
    browser = started;
    world = await worldOf([
      {
        name: "A",
        roles: { page: { bearer: true, connectionTypes: ["WEBSOCKET"] } },
        users: { any: {}, browser: { connectionTypes: ["WEBSOCKET"] }, cookie: { role: "page" } },
      },
    ]);
  });

  after(async () => {
    disableTls();
    await (browser as Browser | undefined)?.close();
  });

  // The pair with TLS comes first: `disableTls` applies to all pairs that are created later.
  for (const scheme of ["wss", "ws"] as const) {
    describe(`over ${scheme}`, () => {
      let pair: Pair;
      let app: Site;
      let stranger: Site;
      let context: BrowserContext;
      const clients: NatsConnection[] = [];

      before("servers that accept the pages of one site", async () => {
        if (scheme === "ws") {
          disableTls();
        }
        const identity = scheme === "wss" ? tls.server : undefined;
        [app, stranger] = [await Site.start(identity), await Site.start(identity)];
        const listeners = await freeListeners();
        const [one = 0, other = 0] = await freePorts(2);
        const websocket = { allowedOrigins: [app.origin] };
        pair = await newPair({
          static: { ...listeners.static, websocketPort: one, protocols: { websocket } },
          operator: {
            ...listeners.operator,
            websocketPort: other,
            protocols: { websocket: { ...websocket, jwtCookie: COOKIE } },
          },
        });
        for (const side of SIDES) {
          await pair.servers[side].put(filesOf(side, world, pair.listeners));
        }
        await Promise.all(SIDES.map((side) => pair.servers[side].start()));
      });

      beforeEach(async () => {
        context = await browser.newContext();
      });

      afterEach(async () => {
        await context.close();
        await Promise.all(clients.splice(0).map((client) => client.close()));
      });

      after(() => {
        pair.stop();
        app.stop();
        stranger.stop();
      });

      const urlOf = (side: Side) => `${scheme}://127.0.0.1:${pair.listeners[side].websocketPort ?? 0}`;

      /** What a user of a page logs in with. */
      function loginAt(side: Side, user = "browser"): PageLogin {
        const { seed, creds } = loginOf(world, `A/${user}`);
        return { url: urlOf(side), ...(side === "static" ? { seed } : { creds }) };
      }

      /** Connects a client outside of the browser. */
      async function outside(side: Side): Promise<NatsConnection> {
        const { seed, creds } = loginOf(world, "A/any");
        const client = await connect({
          servers: `127.0.0.1:${pair.listeners[side].clientPort}`,
          authenticator: side === "static" ? by.seed(seed) : by.creds(creds),
          reconnect: false,
          ignoreClusterUpdates: true,
          ...(scheme === "wss" ? { tls: { ca: tls.ca } } : {}),
        });
        clients.push(client);
        return client;
      }

      for (const side of SIDES) {
        it(`should log in to the ${side} server, and exchange messages with clients of the other one`, async () => {
          const page = await app.open(context);
          assert.deepEqual(await page.logIn(loginAt(side)), { server: `nats-${side}` });
          const client = await outside(otherSide(side));
          await answer(client, "outside", "the answer from outside");
          await page.relay("browser", "outside");
          assert.equal(await ask(client, "browser"), "the answer from outside");
        });

        it(`should be refused by the ${side} server in pages of other sites, and with the login of another kind of clients`, async () => {
          const page = await stranger.open(context);
          assert.ok("refused" in (await page.logIn(loginAt(side))));
          const complaints = findComplaints(await pair.servers[side].complaints());
          assert.match(complaints.join("\n"), /origin not allowed/);
          const { url } = loginAt(side);
          assert.match(JSON.stringify(await (await app.open(context)).logIn({ url })), /Authorization Violation/);
        });
      }

      it("should log in to the operator server alone by a cookie that no script can read", async () => {
        await app.logIn(context, `${COOKIE}=${loginOf(world, "A/cookie").jwt}`);
        const page = await app.open(context);
        assert.equal(await page.readableCookies(), "");
        assert.deepEqual(await page.logIn({ url: urlOf("operator") }), { server: "nats-operator" });
        assert.match(JSON.stringify(await page.logIn({ url: urlOf("static") })), /Authorization Violation/);
        await context.clearCookies();
        assert.match(JSON.stringify(await page.logIn({ url: urlOf("operator") })), /Authorization Violation/);
      });

      it("should not log in by the cookie in pages of other sites", async () => {
        await app.logIn(context, `${COOKIE}=${loginOf(world, "A/cookie").jwt}`);
        const page = await stranger.open(context);
        assert.ok("refused" in (await page.logIn({ url: urlOf("operator") })));
      });
    });
  }
});
