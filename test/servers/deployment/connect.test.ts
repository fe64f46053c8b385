import assert from "node:assert/strict";
import { connectingTo } from "../../../provider/servers/deployment/connect";
import type { DeployedServer } from "../../../provider/servers/deployment/deployment";

describe("how a verification connects to a server of another deployment", () => {
  const tlsOf = (server: Partial<DeployedServer>, tls?: { readonly ca: string }) => {
    const all: DeployedServer = { mode: "static", url: "nats://127.0.0.1:4222", ...server };
    const { tls: options } = connectingTo(all, tls === undefined ? {} : { tls });
    return options === undefined ? undefined : { ...options, allowPartialTrustChain: undefined };
  };
  const withOptions = (options: object) => ({ ...options, allowPartialTrustChain: undefined });

  it("should require TLS with a URL, a name, a first handshake or certificates that require it, and not otherwise", () => {
    assert.equal(tlsOf({}), undefined);
    assert.equal(tlsOf({ handshakeFirst: false }), undefined);
    assert.deepEqual(tlsOf({ url: "tls://n1:4222" }), withOptions({ servername: "n1" }));
    assert.deepEqual(tlsOf({ certificateName: "n1" }), withOptions({ servername: "n1" }));
    assert.deepEqual(tlsOf({ handshakeFirst: true }), withOptions({ host: "127.0.0.1", handshakeFirst: true }));
    assert.deepEqual(tlsOf({}, { ca: "ca" }), withOptions({ ca: "ca", host: "127.0.0.1" }));
  });
});
