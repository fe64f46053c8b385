/** The subjects of requests to all servers of a cluster about themselves, by the name of the response. */
export const PING = {
  ACCOUNTZ: "$SYS.REQ.SERVER.PING.ACCOUNTZ",
  HEALTHZ: "$SYS.REQ.SERVER.PING.HEALTHZ",
  JSZ: "$SYS.REQ.SERVER.PING.JSZ",
  LEAFZ: "$SYS.REQ.SERVER.PING.LEAFZ",
  ROUTEZ: "$SYS.REQ.SERVER.PING.ROUTEZ",
  VARZ: "$SYS.REQ.SERVER.PING.VARZ",
} as const;

/** Returns the subject of the same request to one server. @param id the `server_id` */
export function ownSubject(id: string, endpoint: keyof typeof PING): string {
  return `$SYS.REQ.SERVER.${id}.${endpoint}`;
}

/** Requests an account's number of subscriptions. It makes a server look the account up, which otherwise happens on first use. */
export const LOOK_UP = "$SYS.REQ.ACCOUNT.NSUBS";

/** All subjects that a verification publishes to: its credentials need permission for these. */
export const CHECK_SUBJECTS: readonly string[] = [LOOK_UP, PING.ACCOUNTZ, PING.ROUTEZ, PING.VARZ];

/** The subjects that are published to in addition if servers connect to hubs. */
export const REMOTES_CHECK_SUBJECTS: readonly string[] = [PING.LEAFZ];

/** Returns the subject of a request to delete all streams of an account; `*` for any account. */
export function purgeSubject(account: string): string {
  return `$JS.API.ACCOUNT.PURGE.${account}`;
}

/** Returns the subject of a request to move a stream away from a server; `*` for any account and any stream. */
export function moveSubject(account: string, stream: string): string {
  return `$JS.API.ACCOUNT.STREAM.MOVE.${account}.${stream}`;
}

/** The subject of a request to remove a server from the members of JetStream. */
export const REMOVE_MEMBER = "$JS.API.SERVER.REMOVE";

/**
 * The subjects that are published to in addition if servers run JetStream: for its verification, and for deleting streams
 * that a program gives up, and for removing servers.
 */
export const JETSTREAM_CHECK_SUBJECTS: readonly string[] = [
  PING.HEALTHZ,
  PING.JSZ,
  purgeSubject("*"),
  moveSubject("*", "*"),
  REMOVE_MEMBER,
];
