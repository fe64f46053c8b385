import assert from "node:assert/strict";
import { codesAndPaths } from "../../support/diagnostics";
import { OPERATOR_INFO } from "../../../provider/model/cluster/operator-info";

function problems(info: object): string[] {
  return codesAndPaths(OPERATOR_INFO.diagnostics(info));
}

describe("the information of an operator", () => {
  for (const url of ["accounts.example.org", "https://", "https://a b/", "https://%41.example.org/", "/jwt/v1", ""]) {
    it(`should be invalid when the account server is at ${JSON.stringify(url)}`, () => {
      assert.deepEqual(problems({ accountServerUrl: url }), ["NA1010 accountServerUrl"]);
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
    it(`should be invalid when a server is at ${url}`, () => {
      assert.deepEqual(problems({ serviceUrls: ["nats://a", url] }), ["NA1712 serviceUrls[1]"]);
    });
  }

  for (const version of ["", "2", "2.15", "2.15.2.1", "v2.15.2", "2.15.x", "2.-1.0", "2.15.99999999999"]) {
    it(`should be invalid when the server version is ${JSON.stringify(version)}`, () => {
      assert.deepEqual(problems({ assertServerVersion: version }), ["NA1713 assertServerVersion"]);
    });
  }

  it("should be valid when tools and servers can read it, and sorted when normalized", () => {
    const info = {
      accountServerUrl: "https://accounts.example.org:9090/jwt/v1",
      serviceUrls: ["wss://b", "TLS://[::1]:4222", "nats://a.example.org:4222", "ws://127.0.0.1"],
      assertServerVersion: "2.15.2",
      tags: ["b", "a:c"],
    };
    assert.deepEqual(problems(info), []);
    const { serviceUrls, tags } = OPERATOR_INFO.normalize(info);
    assert.deepEqual([serviceUrls, tags], [[...info.serviceUrls].sort(), ["a:c", "b"]]);
    assert.deepEqual(OPERATOR_INFO.normalize({ serviceUrls: [], tags: [] }), {});
    assert.deepEqual(problems({ tags: ["A"], serviceUrls: "nats://a" }), ["NA1003 serviceUrls", "NA1011 tags[0]"]);
  });
});
