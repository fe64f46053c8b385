import assert from "node:assert/strict";
import { keyOf } from "../support/keys";
import { notesOf, readText } from "./static-texts";

const [U, V] = [keyOf("user", "a"), keyOf("user", "b")];

/** Returns path and value of every login that is not adopted. */
function loginsOf(text: string): string[] {
  const { leftOut } = readText(text);
  assert.doesNotMatch(JSON.stringify(leftOut), /s3cret/);
  return leftOut
    .filter(({ code }) => code === "NA3024")
    .map(({ path, value }) => (value === undefined ? path : `${path} = ${value}`))
    .sort();
}

describe("logins of a static configuration without nkeys", () => {
  it("should be named one by one, with the names of users and without secrets", () => {
    const text = `
      no_auth_user: guest
      accounts {
        A { users: [ { user: eve, password: s3cret }, { nkey: ${U} }, { username: guest, pass: s3cret } ] }
        B { users: [ { user: zoe } ] }
      }
      authorization { users: [ { user: bob, password: "$2a$11$s3cret" } ] }
      websocket { port: 8080, no_tls: true, no_auth_user: guest }
      mqtt { port: 1883, authorization { token: s3cret } }
      leafnodes { port: 7422, authorization { users: [ { user: leaf, password: s3cret, account: A } ] } }`;
    assert.deepEqual(loginsOf(text), [
      'accounts.A.users[0] = "eve"',
      'accounts.A.users[2] = "guest"',
      'accounts.B.users[0] = "zoe"',
      'authorization.users[0] = "bob"',
      'leafnodes.authorization.users[0] = "leaf"',
      "mqtt.authorization.token",
      'no_auth_user = "guest"',
      'websocket.no_auth_user = "guest"',
    ]);
  });

  it("should be named when there is a single user, or a token", () => {
    assert.deepEqual(loginsOf("authorization { user: derek, password: s3cret }"), ['authorization.user = "derek"']);
    assert.deepEqual(loginsOf("authorization { username: derek, pass: s3cret }"), ['authorization.username = "derek"']);
    assert.deepEqual(loginsOf("authorization { token: s3cret }"), ["authorization.token"]);
  });

  it("should have a remedy for each kind of login", () => {
    const remedyOf = (text: string) => readText(text).leftOut.find(({ code }) => code === "NA3024")?.remedy;
    const user = "accounts { A { users: [ { user: eve, password: x } ] } }";
    const texts = [
      user,
      "authorization { token: x }",
      `no_auth_user: ${U}\naccounts { A { users: [ { nkey: ${U} } ] } }`,
    ];
    assert.equal(new Set(texts.map(remedyOf)).size, texts.length);
  });

  it("should be certificates where the server maps them to users without passwords", () => {
    const users = "accounts { A { users: [ { user: CN=x }, { user: eve, password: x } ] } }";
    const problemOf = (text: string) =>
      readText(text)
        .leftOut.filter(({ path }) => path.startsWith("accounts"))
        .map(({ problem }) => problem.includes("certificate"));
    assert.deepEqual(problemOf(`${users}\ntls { verify_and_map: true }`), [true, false]);
    assert.deepEqual(problemOf(users), [false, false]);
  });

  for (const [reason, text, isOpen] of [
    ["there are no users", "port: 4222", true],
    ["accounts have no users", "accounts { A {} }\nauthorization {}", true],
    ["only the system account has users", `accounts { S { users: [ { nkey: ${U} } ] } }\nsystem_account: S`, true],
    ["only $SYS has users", `accounts { $SYS { users: [ { nkey: ${U} } ] } }`, true],
    ["a block restricts it", `accounts { $SYS { users: [ { nkey: ${U} } ] } }\nauthorization { timeout: 2 }`, false],
    ["another account has users", `accounts { A { users: [ { nkey: ${U} } ] } }`, false],
    ["users have passwords", "accounts { A { users: [ { user: eve, password: x } ] } }", false],
    ["users are outside of accounts", `authorization { users: [ { nkey: ${V} } ] }`, false],
    ["there is a token", "authorization { token: x }", false],
    [
      "there is a user for them",
      `no_auth_user: ${U}\naccounts { S { users: [ { nkey: ${U} } ] } }\nsystem_account: S`,
      false,
    ],
  ] as const) {
    it(`should ${isOpen ? "" : "not "}include clients without credentials when ${reason}`, () => {
      assert.equal(notesOf(text).includes("NA3024 authorization"), isOpen);
    });
  }
});

describe("settings of the server in a static configuration", () => {
  it("should name the TLS of every listener, and what it verified", () => {
    const tls = "tls { cert_file: a, key_file: b }";
    const text = `
      tls { cert_file: a, key_file: b, verify: true }
      https_port: 8443
      cluster { name: c, ${tls} }
      websocket { port: 443, ${tls} }
      leafnodes { port: 7422, ${tls} }
      accounts { A { users: [ { nkey: ${U} } ] } }`;
    const found = readText(text).leftOut.filter(({ code }) => code === "NA3067");
    assert.deepEqual(found.map(({ path }) => path).sort(), [
      "cluster.tls",
      "https_port",
      "leafnodes.tls",
      "tls",
      "websocket.tls",
    ]);
    assert.deepEqual(
      found.filter(({ problem }) => problem.includes("client certificates")).map(({ path }) => path),
      ["tls"],
    );
  });

  it("should name the hubs of leaf nodes, without their URLs, and certificates that log clients in", () => {
    const text = `
      tls { cert_file: a, key_file: b, verify_and_map: true }
      leafnodes { remotes: [
        { urls: ["nats-leaf://eve:s3cret@hub"], account: A, credentials: "a.creds" }, { url: "tls://hub2", account: A }
      ] }
      accounts { A { users: [ { nkey: ${U} } ] } }`;
    const found = readText(text).leftOut;
    assert.deepEqual(found.map(({ code, path }) => `${code} ${path}`).sort(), [
      "NA3023 leafnodes.remotes[0]",
      "NA3023 leafnodes.remotes[1]",
      "NA3024 tls.verify_and_map",
      "NA3067 tls",
    ]);
    assert.doesNotMatch(JSON.stringify(found), /s3cret/);
  });

  it("should have one remedy for those with an argument of the cluster, and name the setting of the others", () => {
    const text = `
      port: 4222, http: "0.0.0.0:8222", server_name: n, max_payload: 1MB, Max_Conn: 5, proxies { trusted: [] }
      max_closed_clients: 5, no_header_support: true, log_file: "a"
      cluster { name: c }, jetstream {}, accounts { A { users: [ { nkey: ${U} } ] } }`;
    const settings = readText(text).leftOut.filter(({ code }) => code === "NA3023");
    const kinds = [...new Set(settings.map(({ remedy }) => remedy))];
    assert.deepEqual(
      kinds.map((kind) => settings.flatMap(({ path, remedy }) => (remedy === kind ? [path] : [])).sort()),
      [
        ["cluster", "http", "jetstream", "port", "proxies"],
        ["log_file", "server_name"],
        ["max_payload"],
        ["Max_Conn"],
        ["max_closed_clients", "no_header_support"],
      ],
    );
    const remedies = settings.map(({ path, remedy }) => [path, /`(settings\.\w+)`/.exec(remedy)?.[1]]);
    assert.deepEqual(
      remedies.filter(([, setting]) => setting !== undefined),
      [
        ["max_payload", "settings.maxPayload"],
        ["Max_Conn", "settings.maxConnections"],
        ["max_closed_clients", "settings.extra"],
        ["no_header_support", "settings.extra"],
      ],
    );
  });
});
