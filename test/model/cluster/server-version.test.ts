import assert from "node:assert/strict";
import { formatSince, hasSince, versionOfImage, type Since } from "../../../provider/model/cluster/server-version";

const SINCE: Since = ["2.11.12", "2.12.4", "2.14.0"];

describe("hasSince", () => {
  for (const [version, expected] of [
    ["2.10.29", false],
    ["2.11.11", false],
    ["2.11.12", true],
    ["2.11.20-RC.1", true],
    ["2.12.3", false],
    ["2.12.4-alpine", true],
    ["2.13.9", false],
    ["2.14.0", true],
    ["v2.15.2", true],
    ["3.0.0", true],
    ["1.4.1", false],
    ["2.11", undefined],
    ["2.12", undefined],
    ["2.14", true],
    ["2.15", true],
    ["2.10", false],
    ["2", undefined],
    ["latest", undefined],
  ] as const) {
    it(`should be ${expected} for ${version}`, () => {
      assert.equal(hasSince(version, SINCE), expected);
    });
  }

  it("should compare with the only version when one release line has it", () => {
    assert.deepEqual(
      ["2.11.17", "2.12", "2.12.0", "2.14.1"].map((version) => hasSince(version, ["2.12.0"])),
      [false, true, true, true],
    );
  });
});

describe("versionOfImage", () => {
  for (const [image, expected] of [
    ["nats:2.15.2", "2.15.2"],
    ["nats:2.15.2-alpine", "2.15.2"],
    ["nats:2.15-scratch", "2.15"],
    ["docker.io/library/nats:2.12.3@sha256:0123", "2.12.3"],
    ["registry:5000/tools/nats-server:v2.11.12", "2.11.12"],
    ["nats", undefined],
    ["nats:latest", undefined],
    ["nats:2", undefined],
    ["nats@sha256:2.15.2", undefined],
    ["registry:5000/nats", undefined],
    ["acme/broker:2.15.2", undefined],
    ["acme/nats-proxy:2.15.2", undefined],
    ["nats:2.15.2build", undefined],
  ] as const) {
    it(`should be ${expected} for ${image}`, () => {
      assert.equal(versionOfImage(image), expected);
    });
  }
});

describe("formatSince", () => {
  it("should list the versions with a conjunction", () => {
    assert.deepEqual(
      [formatSince(SINCE, "or"), formatSince(["2.12.0"], "and")],
      ["2.11.12, 2.12.4 or 2.14.0", "2.12.0"],
    );
  });
});
