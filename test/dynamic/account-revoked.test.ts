import assert from "node:assert/strict";
import { readToken } from "../../provider/jwt/sign";
import { formatTime } from "../../provider/model/keys/lifetime";
import { accountClaimsProvider } from "../../provider/dynamic/account-claims";
import { keyOf, seedOf } from "../support/keys";
import { Deployed, Engine, UNKNOWN, failureCodes } from "../support/life-cycle";

const START = 1_800_000_000;
const U = keyOf("user", "u");

describe("the claims of an account whose users leave roles", () => {
  let now = START;
  const provider = accountClaimsProvider(() => now);
  const ACCOUNT = {
    name: "A",
    publicKey: keyOf("account", "A"),
    roles: { reader: { signingKey: keyOf("account", "reader") }, writer: { signingKey: keyOf("account", "writer") } },
    signer: seedOf("operator", "signing"),
  };
  const account = (users: object, more: object = {}) => ({ ...ACCOUNT, users, ...more });
  const of = (role: "reader" | "writer", issuedAt: number) => ({
    u: { publicKey: U, signingKey: ACCOUNT.roles[role].signingKey, role, issuedAt },
  });

  function revocations(claims: Deployed<never, { jwt: string }>): unknown {
    return (readToken(claims.outs.jwt).nats as { revocations?: unknown }).revocations;
  }

  beforeEach(() => {
    now = START;
  });

  it("should revoke a removed user, as the preview shows, for as long as the role's key is listed", async () => {
    const claims = new Deployed(provider) as unknown as Deployed<never, { jwt: string }>;
    await claims.up(account(of("reader", START - 5)));
    assert.equal(revocations(claims), undefined);
    const { inputs } = await claims.preview(account({}));
    const by = [{ signingKey: ACCOUNT.roles.reader.signingKey }];
    assert.deepEqual((inputs as { revoked: unknown }).revoked, { [U]: { at: formatTime(START), by } });
    await claims.up(account({}));
    assert.deepEqual(revocations(claims), { [U]: START });

    now += 1000;
    assert.equal(await claims.up(account({})), false);
    await claims.up(account({}, { description: "another" }));
    assert.deepEqual(revocations(claims), { [U]: START });
    await claims.up(account({}, { roles: { writer: ACCOUNT.roles.writer } }));
    assert.equal(revocations(claims), undefined);
  });

  it("should revoke a user's previous JWT when the role changes, and not the new one", async () => {
    const claims = new Deployed(provider) as unknown as Deployed<never, { jwt: string }>;
    await claims.up(account(of("reader", START - 5)));
    now += 10;
    await claims.up(account(of("writer", START + 8)));
    assert.deepEqual(revocations(claims), { [U]: START + 7 });
    now += 10;
    await claims.up(account(of("reader", START + 18)));
    assert.deepEqual(revocations(claims), { [U]: START + 17 });
    assert.equal(await claims.up(account(of("reader", START + 18))), false);
  });

  it("should accept a user who is added again with a new JWT of the same key", async () => {
    const claims = new Deployed(provider) as unknown as Deployed<never, { jwt: string }>;
    await claims.up(account(of("reader", START - 5)));
    await claims.up(account({}));
    now += 10;
    await claims.up(account(of("reader", START + 9)));
    assert.deepEqual(revocations(claims), { [U]: START });
  });

  it("should keep what it remembers while the users are unknown", async () => {
    const claims = new Deployed(provider);
    await claims.up(account(of("reader", START - 5)));
    await claims.up(account({}));
    const { inputs } = await claims.preview({ ...ACCOUNT, users: UNKNOWN });
    assert.deepEqual(inputs.revoked, claims.inputs.revoked);
  });

  it("should show revocations in a preview as far as known when a JWT is about to be issued", async () => {
    const claims = new Deployed(provider);
    await claims.up(account(of("reader", START - 5)));
    const { inputs } = await claims.preview(
      account({ u: { publicKey: U, signingKey: UNKNOWN, role: "writer", issuedAt: UNKNOWN } }),
    );
    assert.deepEqual(Object.keys(inputs.revoked ?? {}), [U]);
  });

  it("should require the issue time of the JWT of a user with a role", async () => {
    const users = { u: { publicKey: U, signingKey: ACCOUNT.roles.reader.signingKey, role: "reader" } };
    const { failures } = await new Engine(provider).check(account(users));
    assert.deepEqual(failureCodes(failures), ["NA5033 users.u.issuedAt"]);
  });
});
