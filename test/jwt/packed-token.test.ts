import assert from "node:assert/strict";
import fc from "fast-check";
import { scopedUserClaims } from "../../provider/jwt/claims";
import {
  isSigned,
  isTokenOf,
  packToken,
  packUnsigned,
  readTokenContent,
  readTokenSigner,
  readTokenTime,
  unpackToken,
} from "../../provider/jwt/packed-token";
import { decodeToken, signToken } from "../../provider/jwt/sign";
import { keyOf, pairOf } from "../support/keys";

const [account, publicKey, signingKey] = [keyOf("account", "A"), keyOf("user", "u"), keyOf("account", "role")];
const NAMES = ["u", "a.b", "..", "", " ", "é", "日本", '"', "\\", "\u0000", "1.2.3", "eyJ"];

const PACKED =
  "tro8w0...iqwg25RdH9dO1kDxOUt_3AKxO2_oz18WnGS-2KVj1MA.b0NB6Ar_fDZG0n-Cl-6QDohvMdzMQDn2bck6dJUsaBM" +
  ".HcMZ6Ny2H67gccVgyubNfreLkTg0vz8g_rXR172ezoz22zptbO_1oWYW5fRcbRUawpct7Zda55D8iqBhdua1BQ.WyJ0ZW5hbnQ6" +
  "Ymx1ZSJd.device.1";
const JWT =
  "eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.eyJpYXQiOjE4MDAwMDAwMDAsImlzcyI6IkFDRktZSUczU1JPUjdWM" +
  "k8yWkFQQ09LTFA3T0FGTUozTjdVTTZYWVdUUlNMNVdGRk1QS01CVU1XIiwibmFtZSI6ImRldmljZS4xIiwic3ViIjoiVUNGN1dXV" +
  "VRSQVAyUFE2QTI1WVdJM0MzWFQyNjZRQzZEVlJaNEJYMklKTExGM09GWUtZWFNXTUUiLCJuYXRzIjp7Imlzc3Vlcl9hY2NvdW50I" +
  "joiQUJYVUdRUElCTDdYWU5TRzJKN1lGRjdPU0FISVEzWlIzVEdFQU9QV05YRVRVNUVWRlJVQkdSWU8iLCJ0YWdzIjpbInRlbmFud" +
  "DpibHVlIl0sInR5cGUiOiJ1c2VyIiwidmVyc2lvbiI6Mn0sImp0aSI6IktTMkQ1QkY2Nzc0RVhZMk5VVFlQUVBDUUJDVFVRVEFRW" +
  "UZZRFhZTTJHNERTU0I3UVRGR0EifQ.HcMZ6Ny2H67gccVgyubNfreLkTg0vz8g_rXR172ezoz22zptbO_1oWYW5fRcbRUawpct7Z" +
  "da55D8iqBhdua1BQ";

const sign = (content: { readonly name: string; readonly tags?: readonly string[] }, validity = { issuedAt: 1 }) =>
  signToken(scopedUserClaims({ ...content, account, publicKey }), pairOf("account", "role"), validity);

describe("a packed JWT of a user", () => {
  it("should become the same JWT again, with every kind of name, tag and time", () => {
    const tags = fc.option(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1 }), { nil: undefined });
    const time = fc.integer({ min: 0, max: 4_000_000_000 });
    const validity = fc.record({ issuedAt: time, expires: time, notBefore: time }, { requiredKeys: ["issuedAt"] });
    const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(name, tags, validity, (own, some, times) => {
        const content = { name: own, ...(some === undefined ? {} : { tags: some }) };
        const jwt = sign(content, times);
        const packed = packToken(jwt);
        assert.notEqual(packed, jwt);
        assert.equal(unpackToken(packed, publicKey), jwt);
        for (const text of [packed, jwt]) {
          assert.deepEqual(readTokenContent(text), { ...content, account, signingKey, ...times });
          assert.deepEqual([readTokenTime(text), readTokenSigner(text)], [times.issuedAt, signingKey]);
        }
      }),
    );
  });

  it("should become the same JWT without its signature, with the key that signed it", () => {
    const tags = fc.option(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1 }), { nil: undefined });
    const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(name, tags, fc.nat(), fc.option(fc.nat(), { nil: undefined }), (own, some, issuedAt, expires) => {
        const validity = { issuedAt, ...(expires === undefined ? {} : { expires }) };
        const jwt = sign({ name: own, ...(some === undefined ? {} : { tags: some }) }, validity);
        const content = readTokenContent(jwt);
        const packed = packUnsigned(content);
        assert.equal(unpackToken(packed, publicKey, pairOf("account", "role")), jwt);
        assert.deepEqual(readTokenContent(packed), content);
        assert.deepEqual([readTokenTime(packed), readTokenSigner(packed)], [issuedAt, signingKey]);
        assert.deepEqual([isSigned(packed), isSigned(packToken(jwt)), isSigned(jwt)], [false, true, true]);
        const { jti } = decodeToken(jwt);
        assert.ok(isTokenOf({ iat: issuedAt, jti }, { ...content, issuedAt: issuedAt + 1 }, publicKey));
        assert.ok(!isTokenOf({ iat: issuedAt + 1, jti }, content, publicKey));
      }),
    );
    for (const signer of [undefined, pairOf("account", "another role")]) {
      assert.throws(() => unpackToken(packUnsigned(readTokenContent(JWT)), publicKey, signer), TypeError);
    }
  });

  it("should have a format that does not change, because states contain it", () => {
    const packed = packToken(sign({ name: "device.1", tags: ["tenant:blue"] }, { issuedAt: 1_800_000_000 }));
    assert.equal(packed, PACKED);
    assert.equal(packUnsigned(readTokenContent(JWT)), PACKED.replace(JWT.slice(JWT.lastIndexOf(".") + 1), ""));
    assert.equal(unpackToken(PACKED, publicKey), JWT);
  });

  it("should be a third of the JWT", () => {
    const jwt = sign({ name: "user123" }, { issuedAt: 1_800_000_000 });
    assert.ok(packToken(jwt).length < jwt.length / 2.8, `${packToken(jwt).length} of ${jwt.length}`);
  });

  it("should be the JWT itself when other claims or another encoding signed it", () => {
    const claims = scopedUserClaims({ name: "u", account, publicKey });
    const role = pairOf("account", "role");
    const sub = { pub: { allow: ["a"] } };
    const others = [
      signToken({ ...claims, nats: { ...claims.nats, ...sub } }, role, { issuedAt: 1 }),
      signToken({ ...claims, nats: { version: 2, type: "user", issuer_account: account } }, role, { issuedAt: 1 }),
      signToken({ ...claims, nats: { type: "user", version: 2 } }, role, { issuedAt: 1 }),
      signToken(claims, pairOf("operator", "O"), { issuedAt: 1 }),
      sign({ name: "u" }).replace(/^\w+/, Buffer.from('{"alg":"ed25519-nkey","typ":"JWT"}').toString("base64url")),
      sign({ name: "u" }).replace(/^\w+/, Buffer.from('{ "alg":"ed25519-nkey","typ":"JWT"}').toString("base64url")),
    ];
    for (const jwt of others) {
      assert.equal(packToken(jwt), jwt);
      assert.equal(unpackToken(jwt, publicKey), jwt);
      assert.equal(readTokenContent(jwt).name, "u");
    }
  });
});
