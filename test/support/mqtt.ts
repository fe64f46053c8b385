import { connect } from "node:net";

/** Milliseconds in which a server must respond; only a broken test reaches it. */
const SILENCE = 10_000;

/** Return code of an accepted connection. */
const ACCEPTED = 0;

/** What a client shows in its CONNECT packet. MQTT has no nonce to sign. */
export interface MqttLogin {
  readonly username: string;
  readonly password: string;
}

/** Logs in over MQTT 3.1.1. Returns whether the server accepts the client. */
export function logInOverMqtt(port: number, login: MqttLogin): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (isAccepted: boolean) => {
      socket.destroy();
      resolve(isAccepted);
    };
    socket.setTimeout(SILENCE, () => {
      end(false);
    });
    socket.on("connect", () => socket.write(connectPacket(login)));
    // CONNACK: type, length, session present, return code.
    socket.on("data", (packet) => {
      end(packet[0] === 0x20 && packet[3] === ACCEPTED);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      end(false);
    });
  });
}

function connectPacket({ username, password }: MqttLogin): Buffer {
  const protocol = Buffer.concat([text("MQTT"), Buffer.from([4, 0b1100_0010, 0, 60])]);
  const body = Buffer.concat([protocol, text("test"), text(username), text(password)]);
  return Buffer.concat([Buffer.from([0x10, ...length(body.length)]), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const size = Buffer.alloc(2);
  size.writeUInt16BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

/** The length of a packet, in groups of seven bits. */
function length(size: number): number[] {
  return size < 128 ? [size] : [(size % 128) | 128, ...length(Math.floor(size / 128))];
}
