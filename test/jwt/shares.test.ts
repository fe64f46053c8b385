import assert from "node:assert/strict";
import { exportClaim, importClaim } from "../../provider/jwt/shares";
import { OWN_KEY } from "../../provider/model/shares/imports";
import { keyOf } from "../support/keys";

const account = keyOf("account", "A");

describe("the claims of exports and imports", () => {
  it("should have every property of an export, under the names of the JWT library", () => {
    const info = { description: "d", infoUrl: "https://example.org" };
    const claim = exportClaim({
      ...info,
      name: "n",
      subject: "s.*",
      type: "service",
      responseType: "chunked",
      responseThreshold: "1.5s",
      latency: { sampling: "headers", results: "r" },
      accountTokenPosition: 2,
      advertise: true,
      allowTrace: true,
    });
    assert.deepEqual(claim, {
      name: "n",
      subject: "s.*",
      type: "service",
      response_type: "Chunked",
      response_threshold: 1_500_000_000,
      service_latency: { sampling: "headers", results: "r" },
      account_token_position: 2,
      advertise: true,
      allow_trace: true,
      description: "d",
      info_url: "https://example.org",
    });
  });

  it("should require an activation when an export has importers, and have revocations in Unix seconds", () => {
    const revocations = { "*": "2026-03-01T12:00:00Z", [account]: 5 };
    assert.deepEqual(exportClaim({ subject: "s", type: "stream", importers: [], revocations }), {
      name: "s",
      subject: "s",
      type: "stream",
      token_req: true,
      revocations: { "*": 1_772_366_400, [account]: 5 },
    });
  });

  it("should have every property of an import, and the importer's key", () => {
    const service = { account, subject: `s.${OWN_KEY}.*`, type: "service", localSubject: "l.$1", share: true } as const;
    const subject = `s.${keyOf("account", "B")}.*`;
    assert.deepEqual(importClaim(service, keyOf("account", "B")), {
      name: subject,
      subject,
      account,
      local_subject: "l.$1",
      type: "service",
      share: true,
    });
    const stream = { account, subject: "s", type: "stream", name: "n", allowTrace: true, token: "t" } as const;
    assert.deepEqual(importClaim(stream, keyOf("account", "B")), {
      name: "n",
      subject: "s",
      account,
      token: "t",
      type: "stream",
      allow_trace: true,
    });
  });
});
