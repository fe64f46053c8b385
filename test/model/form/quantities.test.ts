import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesOf, nanosecondsOf, normalDuration, normalSize, secondsOf } from "../../../provider/model/form/quantities";

describe("durations", () => {
  it("should be whole seconds, of any length, where only those count", () => {
    const written = ["90d", "365d", "1h30m", 5, "0s", "500ms", "1.5s", 0.5, "", "1y", NaN];
    assert.deepEqual(written.map(secondsOf), [
      7_776_000,
      31_536_000,
      5_400,
      5,
      0,
      ...Array.from({ length: 6 }, () => undefined),
    ]);
  });

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
    it(`should be ${nanoseconds} ns when it is written ${JSON.stringify(written)}`, () => {
      assert.equal(nanosecondsOf(written), nanoseconds);
      assert.equal(normalDuration(written), normal);
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
    it(`should be none when it is written ${JSON.stringify(written)} (${written})`, () => {
      assert.equal(nanosecondsOf(written), undefined);
      assert.equal(normalDuration(written), written);
    });
  }

  it("should be none when it is no text and no number", () => {
    for (const value of [["5m"], {}, true, null, undefined]) {
      assert.equal(nanosecondsOf(value as string), undefined);
    }
  });

  it("should be the same when its normal form is read again", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (nanoseconds) => {
        const normal = normalDuration(`${nanoseconds}ns`);
        assert.equal(nanosecondsOf(normal), nanoseconds);
        assert.equal(normalDuration(normal), normal);
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
    it(`should be ${bytes} bytes when it is written ${JSON.stringify(written)}`, () => {
      assert.equal(bytesOf(written), bytes);
      assert.equal(normalSize(written), bytes);
    });
  }

  for (const written of ["", "1", "1KB", "1k", "1GB", "1gib", "0.1B", "-1B", "8PiB", 0.5, -1, NaN, 2 ** 53]) {
    it(`should be none when it is written ${JSON.stringify(written)} (${written})`, () => {
      assert.equal(bytesOf(written), undefined);
      assert.equal(normalSize(written), written);
    });
  }
});
