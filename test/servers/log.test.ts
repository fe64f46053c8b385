import assert from "node:assert/strict";
import { waitFor, findComplaints, parseReloadOutcome, saysReady, parseTestDigest } from "../../provider/servers/log";
import { MAIN_FILE } from "../../provider/servers/server";
import { tryConfig } from "../support/local-server";

const RELOADED = "[1] 2026/01/01 00:00:00.000000 [INF] Reloaded server configuration (sha256:0123abcd)";
const REFUSED =
  "[1] 2026/01/01 00:00:00.000000 [ERR] Failed to reload server configuration: nats.conf:1:1: unknown field";
const UNSUPPORTED =
  "[1] 2026/01/01 00:00:00.000000 [ERR] Failed to reload server configuration: config reload not supported for TrustedOperators";
const OTHER = "[1] 2026/01/01 00:00:00.000000 [INF] Reloaded: accounts";

describe("the log of a server", () => {
  it("should contain the digest when the server loaded a configuration", () => {
    assert.deepEqual(parseReloadOutcome([OTHER, RELOADED]), { digest: "sha256:0123abcd" });
  });

  it("should contain the error when the server rejected a configuration", () => {
    assert.deepEqual(parseReloadOutcome([OTHER, REFUSED]), {
      refused: "Failed to reload server configuration: nats.conf:1:1: unknown field",
    });
    assert.match(JSON.stringify(parseReloadOutcome([UNSUPPORTED])), /not supported for TrustedOperators/);
  });

  it("should have no outcome of a reload before one is logged", () => {
    assert.equal(parseReloadOutcome([]), undefined);
    assert.equal(parseReloadOutcome([OTHER]), undefined);
  });

  it("should have the first outcome when there are several", () => {
    assert.deepEqual(parseReloadOutcome([REFUSED, RELOADED]), parseReloadOutcome([REFUSED]));
    assert.deepEqual(parseReloadOutcome([RELOADED, REFUSED]), parseReloadOutcome([RELOADED]));
  });

  it("should show when the server is ready", () => {
    assert.equal(saysReady([OTHER, "[1] 2026/01/01 00:00:00.000000 [INF] Server is ready"]), true);
    assert.equal(saysReady([OTHER]), false);
  });

  it("should not let a client forge an outcome in a line about itself", () => {
    const client = "[1] 2026/01/01 00:00:00.000000 [ERR] 127.0.0.1:50000 - cid:7 - authentication error - User";
    const texts = [
      "config reload",
      "Failed to reload server configuration: no",
      "Reloaded server configuration (sha256:0123abcd)",
      "[1] 2026/01/01 00:00:00.000000 [INF] Reloaded server configuration (sha256:0123abcd)",
    ];
    assert.equal(parseReloadOutcome(texts.map((text) => `${client} "${text}"`)), undefined);
    assert.equal(saysReady([`${client} "Server is ready"`, `${client} Server is ready`]), false);
  });

  it("should be shortened to at most ten lines with errors, or of any kind when there are no errors", () => {
    assert.deepEqual(findComplaints([OTHER, REFUSED]), [REFUSED]);
    assert.deepEqual(findComplaints(["nats-server: nats.conf:1:1: bad"]), ["nats-server: nats.conf:1:1: bad"]);
    assert.deepEqual(findComplaints([OTHER, OTHER]), [OTHER, OTHER]);
    assert.equal(findComplaints(Array<string>(30).fill(REFUSED)).length, 10);
    assert.equal(findComplaints([]).length, 0);
  });

  it("should match the output of the pinned server for a tested configuration", async () => {
    const good = await tryConfig({ [MAIN_FILE]: "port: 4222\n" });
    assert.match(parseTestDigest(good.output) ?? "", /^sha256:[0-9a-f]{64}$/);
    const bad = await tryConfig({ [MAIN_FILE]: "portt: 1\n" });
    assert.equal(parseTestDigest(bad.output), undefined);
    assert.match(findComplaints(bad.output.split("\n")).join(), /nats\.conf:1:\d+: unknown field "portt"/);
  });
});

describe("eventually", () => {
  it("should return the first result and not ask again", async () => {
    const answers = [undefined, undefined, 0, 1];
    assert.equal(await waitFor(() => Promise.resolve(answers.shift()), 60_000), 0);
    assert.deepEqual(answers, [1]);
  });

  it("should ask at least once, and stop after the timeout", async () => {
    let asked = 0;
    const nothing = (): Promise<number | undefined> => {
      asked += 1;
      return Promise.resolve(undefined);
    };
    assert.equal(await waitFor(nothing, -1), undefined);
    assert.equal(asked, 1);
  });

  it("should fail when a request fails", async () => {
    await assert.rejects(
      waitFor(() => Promise.reject(new Error("no")), 60_000),
      /no/,
    );
  });
});
