import assert from "node:assert/strict";
import fc from "fast-check";
import {
  parseSize,
  parseDuration,
  normalizeDuration,
  normalizeSize,
  parseSeconds,
} from "../../../provider/model/form/quantities";

describe("parseSeconds", () => {
  for (const [duration, seconds] of [
    ["90d", 7_776_000],
    ["365d", 31_536_000],
    ["1h30m", 5_400],
    [5, 5],
    ["0s", 0],
  ] as const) {
    it(`should return ${seconds} for ${JSON.stringify(duration)}`, () => {
      assert.equal(parseSeconds(duration), seconds);
    });
  }

  for (const duration of ["500ms", "1.5s", 0.5, "", "1y", NaN]) {
    it(`should return undefined for ${JSON.stringify(duration)}`, () => {
      assert.equal(parseSeconds(duration), undefined);
    });
  }
});

describe("durations", () => {
  for (const [written, nanoseconds, normal] of [
    ["250ms", 250e6, "250ms"],
    ["1m30s", 90e9, "90s"],
    ["1h30m", 5_400e9, "90m"],
    ["1.5h", 5_400e9, "90m"],
    ["1d", 86_400e9, "24h"],
    ["0.1us", 100, "100ns"],
    ["1µs", 1_000, "1us"],
    ["0s", 0, "0s"],
    [5, 5e9, "5s"],
    [0.25, 250e6, "250ms"],
    [0.1, 100e6, "100ms"],
  ] as const) {
    it(`should be ${nanoseconds} ns when written as ${JSON.stringify(written)}`, () => {
      assert.equal(parseDuration(written), nanoseconds);
      assert.equal(normalizeDuration(written), normal);
    });
  }

  for (const written of [
    "",
    "5",
    "m",
    "5 m",
    "-5m",
    "5M",
    "1.s",
    "0.5ns",
    "5x",
    "1e3s",
    "105d",
    NaN,
    Infinity,
    -1,
    1e-10,
    1e300,
  ]) {
    it(`should be invalid when written as ${JSON.stringify(written)} (${written})`, () => {
      assert.equal(parseDuration(written), undefined);
      assert.equal(normalizeDuration(written), written);
    });
  }

  it("should be invalid when the value is neither a string nor a number", () => {
    for (const value of [["5m"], {}, true, null, undefined]) {
      assert.equal(parseDuration(value as string), undefined);
    }
  });

  it("should keep their value when normalized", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (nanoseconds) => {
        const normal = normalizeDuration(`${nanoseconds}ns`);
        assert.equal(parseDuration(normal), nanoseconds);
        assert.equal(normalizeDuration(normal), normal);
      }),
    );
  });
});

describe("sizes", () => {
  for (const [written, bytes] of [
    ["1B", 1],
    ["512KiB", 524_288],
    ["1.5GiB", 1_610_612_736],
    ["1GiB512MiB", 1_610_612_736],
    [1_000, 1_000],
    [0, 0],
    ["7PiB", 7 * 2 ** 50],
  ] as const) {
    it(`should be ${bytes} bytes when written as ${JSON.stringify(written)}`, () => {
      assert.equal(parseSize(written), bytes);
      assert.equal(normalizeSize(written), bytes);
    });
  }

  for (const written of ["", "1", "1KB", "1k", "1GB", "1gib", "0.1B", "-1B", "8PiB", 0.5, -1, NaN, 2 ** 53]) {
    it(`should be invalid when written as ${JSON.stringify(written)} (${written})`, () => {
      assert.equal(parseSize(written), undefined);
      assert.equal(normalizeSize(written), written);
    });
  }
});
