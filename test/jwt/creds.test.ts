import assert from "node:assert/strict";
import { credsAuthenticator } from "@nats-io/transport-node";
import { parseCreds } from "nats-jwt";
import { formatCreds } from "../../provider/jwt/sign";
import { digestOf, keyOf, seedOf } from "../support/keys";
import { DOCUMENTATION } from "../support/documentation";
import { loginOf, worldOf } from "../support/world";

/** The format of nsc 2.14. */
const NSC = [
  "-----BEGIN NATS USER JWT-----",
  "<jwt>",
  "------END NATS USER JWT------",
  "",
  "************************* IMPORTANT *************************",
  "NKEY Seed printed below can be used to sign and prove identity.",
  "NKEYs are sensitive and should be treated as secrets.",
  "",
  "-----BEGIN USER NKEY SEED-----",
  "<seed>",
  "------END USER NKEY SEED------",
  "",
  "*************************************************************",
  "",
].join("\n");

describe("credsText", () => {
  it("should have the format of nsc", () => {
    assert.equal(formatCreds("<jwt>", "<seed>"), NSC);
  });

  it("should be readable by the client's authenticator and by nats-jwt when the user is real", async () => {
    const { creds, jwt } = loginOf(await worldOf(DOCUMENTATION), "A/test");
    const answer = credsAuthenticator(new TextEncoder().encode(creds))("nonce") as { jwt: string; nkey: string };
    assert.equal(answer.jwt, jwt);
    assert.equal(answer.nkey, keyOf("user", "A/test"));
    const parsed = await parseCreds(new TextEncoder().encode(creds));
    assert.equal(parsed.jwt, jwt);
    assert.equal(digestOf(parsed.key), digestOf(seedOf("user", "A/test")));
  });
});
