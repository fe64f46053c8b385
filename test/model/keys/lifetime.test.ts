import assert from "node:assert/strict";
import fc from "fast-check";
import {
  expiryOf,
  holdsAt,
  lifetimeDiagnostics,
  timeOf,
  timeText,
  type Lifetime,
} from "../../../provider/model/keys/lifetime";

const DAY = 86_400;
const NOW = Date.UTC(2027, 0, 1) / 1000;

/** The end of what has just been made. */
const inDays = (days: number) => timeText(NOW + days * DAY);

describe("a time", () => {
  for (const [text, seconds] of [
    ["2027-01-01", NOW],
    ["2027-01-01T00:00Z", NOW],
    ["2027-01-01T01:00:00+01:00", NOW],
    ["2026-12-31T18:30:15-05:30", NOW + 15],
    ["2028-02-29", Date.UTC(2028, 1, 29) / 1000],
  ] as const) {
    it(`should be understood when it is written ${text}`, () => {
      assert.equal(timeOf(text), seconds);
    });
  }

  for (const text of [
    "",
    "2027",
    "2027-02-29",
    "2027-13-01",
    "2027-01-01T00:00",
    "1970-01-01",
    "tomorrow",
    "2027-01-01T25:00Z",
  ]) {
    it(`should be none when it is written ${JSON.stringify(text)}`, () => {
      assert.equal(timeOf(text), undefined);
    });
  }

  it("should be the same when it is written out and read again", () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000) / 1000, max: Date.UTC(2999) / 1000 }), (seconds) => {
        assert.equal(timeOf(timeText(seconds)), seconds);
      }),
    );
  });
});

describe("a lifetime", () => {
  for (const lifetime of [
    {},
    { lifetime: "90d" },
    { lifetime: "36525d", renewBefore: "1h" },
    { lifetime: 3600 },
    { expires: "2027-01-31", notBefore: "2027-01-30T10:00:00Z" },
    { lifetime: "1d", notBefore: "2027-01-30" },
  ] as const) {
    it(`should be right when it is ${JSON.stringify(lifetime)}`, () => {
      assert.deepEqual(lifetimeDiagnostics(lifetime), []);
    });
  }

  for (const [lifetime, ...paths] of [
    [{ lifetime: "0s" }, "lifetime"],
    [{ lifetime: "500ms" }, "lifetime"],
    [{ lifetime: "36526d" }, "lifetime"],
    [{ lifetime: "for ever", renewBefore: "soon" }, "lifetime", "renewBefore"],
    [{ renewBefore: "1d" }, "renewBefore"],
    [{ lifetime: "1d", renewBefore: "24h" }, "renewBefore"],
    [{ lifetime: "1d", expires: "2027-01-31" }, "expires"],
    [{ expires: 1_800_000_000, notBefore: "31.1.2027" }, "expires", "notBefore"],
    [{ expires: "2027-01-31", notBefore: "2027-01-31T00:00:00Z" }, "notBefore"],
  ] as const) {
    it(`should be refused when it is ${JSON.stringify(lifetime)}`, () => {
      assert.deepEqual(
        lifetimeDiagnostics(lifetime as Lifetime).map(({ path }) => path),
        paths,
      );
    });
  }

  it("should begin with the update that makes the credentials", () => {
    assert.equal(expiryOf({}, { lifetime: "90d" }, NOW), inDays(90));
    assert.equal(expiryOf({}, {}, NOW), undefined);
    assert.equal(expiryOf({}, { expires: "2027-01-31" }, NOW), "2027-01-31T00:00:00Z");
  });

  it("should begin anew in its last third, or as long before its end as the program says, and not before", () => {
    const renews = (days: number, given: Lifetime) =>
      expiryOf({ lifetime: "90d", expires: inDays(90) }, given, NOW + days * DAY) !== inDays(90);
    const third = { lifetime: "90d" };
    assert.deepEqual(
      [0, 59, 60, 89, 90, 400].map((days) => renews(days, third)),
      [false, false, true, true, true, true],
    );
    const week = { lifetime: "2160h", renewBefore: "7d" };
    assert.deepEqual(
      [60, 82, 83, 91].map((days) => renews(days, week)),
      [false, false, true, true],
    );
  });

  it("should begin anew when it becomes another one, or a lifetime at all", () => {
    const held = { lifetime: "90d", expires: inDays(90) };
    assert.equal(expiryOf(held, { lifetime: "30d" }, NOW + DAY), inDays(31));
    assert.equal(expiryOf({ expires: inDays(90) }, { lifetime: "90d" }, NOW + DAY), inDays(91));
    assert.equal(expiryOf(held, {}, NOW), undefined);
  });

  it("should hold from its beginning to right before its end", () => {
    const times = { notBefore: inDays(1), expires: inDays(2) };
    const at = [DAY - 1, DAY, 2 * DAY - 1, 2 * DAY].map((seconds) => holdsAt(NOW + seconds, times));
    assert.deepEqual(at, [false, true, true, false]);
    assert.equal(holdsAt(NOW, {}), true);
  });
});
