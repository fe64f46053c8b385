import type { NatsConnection } from "@nats-io/transport-node";

/** Milliseconds that a message has to cross: leaf nodes and subscriptions take a moment to be known everywhere. */
export const CROSSING = 4_000;

/** Returns whether a message crosses from one connection to another one in {@link CROSSING}. It is sent repeatedly. */
export async function hasCrossed(from: NatsConnection, to: NatsConnection, subject = "crossing"): Promise<boolean> {
  const received = to.subscribe(subject, { max: 1, timeout: CROSSING });
  const crossed = (async () => {
    for await (const message of received) {
      return message.string() === "hello";
    }
    return false;
  })().catch(() => false);
  await to.flush();
  const sending = setInterval(() => {
    from.publish(subject, "hello");
  }, 50);
  return crossed.finally(() => {
    clearInterval(sending);
  });
}
