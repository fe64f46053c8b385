import assert from "node:assert/strict";
import { explainRemotes, linesAboutRemotes } from "../../../provider/dynamic/cluster/verify";

const REFUSED = "127.0.0.1:7422 - lid:5 - Leafnode Error 'Authorization Violation'";

describe("the lines of a log that are about hubs", () => {
  it("should have the level and the text, with and without a time", () => {
    for (const before of ["[7] 2026/11/30 11:22:33.123456 ", "[7] 2026/11/30 11:22:33 ", "[7] "]) {
      assert.deepEqual(linesAboutRemotes([`${before}[ERR] ${REFUSED}`]), [`[ERR] ${REFUSED}`]);
    }
  });

  it("should be the last three of them, whatever else the server has logged", () => {
    const errors = ["a", "b", "c", "d"].map((name) => `[7] [ERR] Error trying to connect as leafnode to "${name}"`);
    const others = ["[7] [INF] Leafnode connection created", "[7] [ERR] Error flushing: broken pipe"];
    assert.deepEqual(
      linesAboutRemotes([...errors, ...others]),
      errors.slice(1).map((line) => line.slice("[7] ".length)),
    );
  });

  it("should contain nothing of a password, whatever characters it has and wherever the URL is", () => {
    const password = "p@ss:w/rd";
    for (const line of [
      `[7] [ERR] tls://edge:${password}@hub:7422 - lid:5 - refused`,
      `[7] 2026/11/30 11:22:33 [ERR] leafnode remote "tls://edge:${password}@hub:7422": invalid`,
      `[7] tls://edge:${password}@hub:7422 [ERR] leafnode`,
    ]) {
      const [found = ""] = linesAboutRemotes([line]);
      assert.match(found, /tls:\/\/edge:…@hub:7422/);
      assert.doesNotMatch(found, /p@|ss|rd/);
    }
  });
});

describe("what to do about errors of hubs", () => {
  it("should be another name, if the hub's cluster has the same one", () => {
    const line = "[ERR] 127.0.0.1:7422 - lid:5 - Leafnode Error 'remote leafnode has same cluster name'";
    const [advice = "", ...more] = explainRemotes([line, line], "nats");
    assert.match(advice, /is also called "nats": set `clusterName`/);
    assert.deepEqual(more, []);
  });

  it("should be another login, if the hub rejects it", () => {
    const [advice = "", ...more] = explainRemotes([`[ERR] ${REFUSED}`], "nats");
    assert.match(advice, /static server accepts `seed`.*operator mode accepts `creds`/);
    assert.deepEqual(more, []);
  });

  it("should not be guessed", () => {
    assert.deepEqual(explainRemotes(["[ERR] Error trying to connect as leafnode: connection refused"], "nats"), []);
  });
});
