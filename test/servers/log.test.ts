import assert from "node:assert/strict";
import { complaints, eventually, reloadOutcome, saysReady, triedDigest } from "../../provider/servers/log";
import { MAIN_FILE, ServerRefusal } from "../../provider/servers/server";
import { tryConfig } from "../support/local-server";

const RELOADED = "[1] 2026/01/01 00:00:00.000000 [INF] Reloaded server configuration (sha256:0123abcd)";
const REFUSED =
  "[1] 2026/01/01 00:00:00.000000 [ERR] Failed to reload server configuration: nats.conf:1:1: unknown field";
const UNSUPPORTED =
  "[1] 2026/01/01 00:00:00.000000 [ERR] Failed to reload server configuration: config reload not supported for TrustedOperators";
const OTHER = "[1] 2026/01/01 00:00:00.000000 [INF] Reloaded: accounts";

describe("what a server's log says", () => {
  it("should be the digest when the server took a configuration", () => {
    assert.deepEqual(reloadOutcome([OTHER, RELOADED]), { digest: "sha256:0123abcd" });
  });

  it("should be the server's words when it refused one", () => {
    assert.deepEqual(reloadOutcome([OTHER, REFUSED]), {
      refused: "Failed to reload server configuration: nats.conf:1:1: unknown field",
    });
    assert.match(JSON.stringify(reloadOutcome([UNSUPPORTED])), /not supported for TrustedOperators/);
  });

  it("should be nothing yet when it has said neither", () => {
    assert.equal(reloadOutcome([]), undefined);
    assert.equal(reloadOutcome([OTHER]), undefined);
  });

  it("should be the first outcome when there are several", () => {
    assert.deepEqual(reloadOutcome([REFUSED, RELOADED]), reloadOutcome([REFUSED]));
    assert.deepEqual(reloadOutcome([RELOADED, REFUSED]), reloadOutcome([RELOADED]));
  });

  it("should be ready when the server says so", () => {
    assert.equal(saysReady([OTHER, "[1] 2026/01/01 00:00:00.000000 [INF] Server is ready"]), true);
    assert.equal(saysReady([OTHER]), false);
  });

  it("should not be what a client says in a line about itself", () => {
    const client = "[1] 2026/01/01 00:00:00.000000 [ERR] 127.0.0.1:50000 - cid:7 - authentication error - User";
    const said = [
      "config reload",
      "Failed to reload server configuration: no",
      "Reloaded server configuration (sha256:0123abcd)",
      "[1] 2026/01/01 00:00:00.000000 [INF] Reloaded server configuration (sha256:0123abcd)",
    ];
    assert.equal(reloadOutcome(said.map((text) => `${client} "${text}"`)), undefined);
    assert.equal(saysReady([`${client} "Server is ready"`, `${client} Server is ready`]), false);
  });

  it("should be shortened to what went wrong, at most ten lines, or all of it when nothing says so", () => {
    assert.deepEqual(complaints([OTHER, REFUSED]), [REFUSED]);
    assert.deepEqual(complaints(["nats-server: nats.conf:1:1: bad"]), ["nats-server: nats.conf:1:1: bad"]);
    assert.deepEqual(complaints([OTHER, OTHER]), [OTHER, OTHER]);
    assert.equal(complaints(Array<string>(30).fill(REFUSED)).length, 10);
    assert.equal(complaints([]).length, 0);
  });

  it("should be what the pinned server really prints when it tries a configuration", async () => {
    const good = await tryConfig({ [MAIN_FILE]: "port: 4222\n" });
    assert.match(triedDigest(good.output) ?? "", /^sha256:[0-9a-f]{64}$/);
    const bad = await tryConfig({ [MAIN_FILE]: "portt: 1\n" });
    assert.equal(triedDigest(bad.output), undefined);
    assert.match(complaints(bad.output.split("\n")).join(), /nats\.conf:1:\d+: unknown field "portt"/);
  });
});

describe("eventually", () => {
  it("should give the first answer that is one, asking no more then", async () => {
    const answers = [undefined, undefined, 0, 1];
    assert.equal(await eventually(() => Promise.resolve(answers.shift()), 60_000), 0);
    assert.deepEqual(answers, [1]);
  });

  it("should ask at least once, and give up when the time is over", async () => {
    let asked = 0;
    const nothing = (): Promise<number | undefined> => {
      asked += 1;
      return Promise.resolve(undefined);
    };
    assert.equal(await eventually(nothing, -1), undefined);
    assert.equal(asked, 1);
  });

  it("should fail when asking fails", async () => {
    await assert.rejects(
      eventually(() => Promise.reject(new Error("no")), 60_000),
      /no/,
    );
  });
});

describe("ServerRefusal", () => {
  it("should say which server, what, and the server's own words", () => {
    const error = new ServerRefusal("static", "did not start", ["one", "two"]);
    assert.equal(error.message, "the static server did not start:\n  one\n  two");
    assert.equal(new ServerRefusal("static", "did not start", []).message, "the static server did not start");
    assert.deepEqual([error.code, error.name], ["SERVER_REFUSAL", "ServerRefusal"]);
  });
});
