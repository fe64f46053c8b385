import type { NatsConnection } from "@nats-io/transport-node";
import { decode, encodeAuthorizationResponse, encodeUser, type AuthorizationRequest } from "nats-jwt";
import { fromPublic, type KeyPair } from "nkeys.js";

/** The decision of a service on a client: its account, or the reason to refuse it. */
export type Verdict = { readonly account: string } | { readonly refused: string };

/** An authorization service that does not use this package. */
export interface Service {
  /** With which it signs. */
  readonly signer: KeyPair;
  /** The key that opens what servers encrypt. */
  readonly xkey?: KeyPair;
  readonly decide: (request: AuthorizationRequest) => Verdict;
}

/** The header with the key by which a server opens answers. */
const SERVER_XKEY = "Nats-Server-Xkey";

/** Has a client decide about others. @returns the requests that it was sent, as they come */
export async function serve(connection: NatsConnection, service: Service): Promise<AuthorizationRequest[]> {
  const asked: AuthorizationRequest[] = [];
  connection.subscribe("$SYS.REQ.USER.AUTH", {
    callback: (_error, message) => {
      const sender = message.headers?.get(SERVER_XKEY) ?? "";
      const data = service.xkey === undefined ? message.data : service.xkey.open(message.data, sender);
      const { nats, sub } = decode(new TextDecoder().decode(data ?? undefined));
      const request = nats as unknown as AuthorizationRequest;
      asked.push(request);
      void answerTo(request, sub, service).then((answer) => {
        const text = new TextEncoder().encode(answer);
        message.respond(service.xkey === undefined ? text : service.xkey.seal(text, sender));
      });
    },
  });
  await connection.flush();
  return asked;
}

/** @param about the public key that the request is about: the static server's are about that of the service */
async function answerTo(request: AuthorizationRequest, about: string, { signer, decide }: Service): Promise<string> {
  const verdict = decide(request);
  const user = fromPublic(request.user_nkey);
  const data =
    "refused" in verdict
      ? { error: verdict.refused }
      : { jwt: await userToken(user, verdict.account, signer, about === signer.getPublicKey()) };
  return encodeAuthorizationResponse(user, fromPublic(request.server_id.id), signer, data, {});
}

/** Permissions of users that a service accepts: to publish to one subject, and to request their user info. */
const PERMISSIONS = { pub: { allow: ["only.this", "$SYS.REQ.USER.INFO"], deny: [] } };

function userToken(user: KeyPair, account: string, signer: KeyPair, isStatic: boolean): Promise<string> {
  return isStatic
    ? encodeUser("decided", user, signer, PERMISSIONS, { aud: account })
    : encodeUser("decided", user, fromPublic(account), PERMISSIONS, { signer });
}
