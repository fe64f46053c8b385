import type { NatsConnection } from "@nats-io/transport-node";
import { decode, encodeAuthorizationResponse, encodeUser, type AuthorizationRequest } from "nats-jwt";
import { fromPublic, type KeyPair } from "nkeys.js";

/** What a service says of a client: the account into which it is let, or why it is not let in. */
export type Verdict = { readonly account: string } | { readonly refused: string };

/** A service that decides about clients, as somebody would write it who knows nothing of this package. */
export interface Service {
  /** With which it signs. */
  readonly signer: KeyPair;
  /** The key that opens what servers encrypt. */
  readonly xkey?: KeyPair;
  readonly decide: (request: AuthorizationRequest) => Verdict;
}

/** The header in which a server says by which key it opens answers. */
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

/** What a user of an account may do whom a service lets in: publish to one subject, and ask who it is. */
const PERMISSIONS = { pub: { allow: ["only.this", "$SYS.REQ.USER.INFO"], deny: [] } };

function userToken(user: KeyPair, account: string, signer: KeyPair, isStatic: boolean): Promise<string> {
  return isStatic
    ? encodeUser("decided", user, signer, PERMISSIONS, { aud: account })
    : encodeUser("decided", user, fromPublic(account), PERMISSIONS, { signer });
}
