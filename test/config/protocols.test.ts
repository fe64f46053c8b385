import assert from "node:assert/strict";
import { renderLeafNodeRemote } from "../../provider/config/leaf-node-remote";
import { renderText } from "../../provider/config/lines";
import { listenerSections, startupListener, type Listener } from "../../provider/config/listener";
import { usedProtocols } from "../../provider/config/protocols";

const LISTENER: Listener = { serverName: "n", clusterName: "c", clientPort: 4222, clusterPort: 6222 };
const textOf = (listener: Listener) => renderText(listenerSections(listener));

describe("listeners for leaf nodes, WebSocket and MQTT", () => {
  it("should be rendered with the address for clients and their settings", () => {
    const text = textOf({
      ...LISTENER,
      address: "127.0.0.1",
      leafNodePort: 7422,
      websocketPort: 8080,
      mqttPort: 1883,
      protocols: {
        leafNodes: { compression: "s2_auto" },
        websocket: { allowedOrigins: ["https://a.example.org"], jwtCookie: "jwt" },
        mqtt: { maxAckPending: 5 },
      },
    });
    assert.ok(
      text.endsWith(`
leafnodes {
  host: "127.0.0.1"
  port: 7422
  # A leaf node that can log in to one server only must not be sent to the other one.
  no_advertise: true
  compression: "s2_auto"
}

websocket {
  host: "127.0.0.1"
  port: 8080
  no_tls: true
  allowed_origins: ["https://a.example.org"]
  jwt_cookie: "jwt"
}

mqtt {
  host: "127.0.0.1"
  port: 1883
  max_ack_pending: 5
}
`),
      text,
    );
  });

  it("should be absent without ports", () => {
    assert.doesNotMatch(textOf({ ...LISTENER, protocols: { mqtt: { maxAckPending: 5 } } }), /mqtt|websocket|leafnodes/);
  });

  it("should keep what a server reads only when it starts", () => {
    const { protocols } = startupListener({
      ...LISTENER,
      protocols: { leafNodes: { compression: "off", minVersion: "2.9.0" }, mqtt: { ackWait: "5s" } },
    });
    assert.deepEqual(protocols, { leafNodes: { minVersion: "2.9.0" } });
    const reloaded = startupListener({ ...LISTENER, protocols: { mqtt: { ackWait: "5s" } } });
    assert.equal(JSON.stringify(reloaded), JSON.stringify(startupListener(LISTENER)));
  });

  it("should leave out settings without a port, and the cookie in static mode", () => {
    const given = { websocket: { jwtCookie: "jwt", sameOrigin: true }, mqtt: { ackWait: "5s" } };
    assert.deepEqual(usedProtocols("operator", { websocketPort: 1 }, given), { websocket: given.websocket });
    assert.deepEqual(usedProtocols("static", { websocketPort: 1 }, given), { websocket: { sameOrigin: true } });
    assert.equal(usedProtocols("static", { websocketPort: 1 }, { websocket: { jwtCookie: "jwt" } }), undefined);
    assert.equal(usedProtocols("static", {}, given), undefined);
  });
});

describe("the block of a leaf node", () => {
  it("should name the servers, the account and the login", () => {
    const urls = ["nats-leaf://a:7422", "nats-leaf://b:7422"];
    assert.equal(
      renderLeafNodeRemote({ urls, account: "EDGE", credentials: "/etc/nats/edge.creds" }),
      `leafnodes {
  remotes: [
    {
      urls: ["nats-leaf://a:7422", "nats-leaf://b:7422"]
      account: "EDGE"
      credentials: "/etc/nats/edge.creds"
    }
  ]
}
`,
    );
  });
});
