import assert from "node:assert/strict";
import { formatDiagnostic } from "../../../provider/model/form/diagnostics";
import { OPERATOR_INFO, type OperatorInfo } from "../../../provider/model/cluster/operator-info";

function problems(info: object): string[] {
  return OPERATOR_INFO.diagnostics(info as OperatorInfo).map(formatDiagnostic);
}

describe("what an operator tells tools and servers", () => {
  for (const url of ["accounts.example.org", "https://", "https://a b/", "https://%41.example.org/", "/jwt/v1", ""]) {
    it(`should be refused when accounts are at ${JSON.stringify(url)}`, () => {
      assert.match(
        problems({ accountServerUrl: url }).join(),
        /^accountServerUrl = ".*": is no absolute URL with a host/,
      );
    });
  }

  for (const url of [
    "http://a",
    "nats://me@a",
    "nats://me:x@a",
    "tls://a/",
    "ws://a/b",
    "nats://a:70000",
    "nats://[:]",
    "a",
  ]) {
    it(`should be refused when servers are at ${url}`, () => {
      assert.match(
        problems({ serviceUrls: ["nats://a", url] }).join(),
        /^serviceUrls\[1\] = ".*": is no URL of the kind/,
      );
    });
  }

  for (const version of ["", "2", "2.15", "2.15.2.1", "v2.15.2", "2.15.x", "2.-1.0", "2.15.99999999999"]) {
    it(`should be refused when servers are to have at least version ${JSON.stringify(version)}`, () => {
      assert.match(
        problems({ assertServerVersion: version }).join(),
        /^assertServerVersion = ".*": is no version of nats/,
      );
    });
  }

  it("should be accepted when tools and servers can read it, and be the same in any order", () => {
    const info = {
      accountServerUrl: "https://accounts.example.org:9090/jwt/v1",
      serviceUrls: ["wss://b", "TLS://[::1]:4222", "nats://a.example.org:4222", "ws://127.0.0.1"],
      assertServerVersion: "2.15.2",
      tags: ["b", "a:c"],
    };
    assert.deepEqual(problems(info), []);
    const { serviceUrls, tags } = OPERATOR_INFO.normal(info);
    assert.deepEqual([serviceUrls, tags], [[...info.serviceUrls].sort(), ["a:c", "b"]]);
    assert.deepEqual(OPERATOR_INFO.normal({ serviceUrls: [], tags: [] }), {});
    assert.equal(problems({ tags: ["A"], serviceUrls: "nats://a" }).length, 2);
  });
});
