import { isRecord } from "../../provider/model/form/shape";

type Values = Readonly<Record<string, unknown>>;

/** TLS of a kind of connections. */
interface PlainTls {
  readonly secretName: string;
  readonly merge?: Values;
}

/** Values without outputs, as a tool gets them. */
export interface PlainValues {
  readonly fullnameOverride: string;
  readonly config: {
    readonly merge: Values;
    readonly nats?: { readonly tls: PlainTls };
    readonly cluster?: Values & { readonly merge: Values; readonly tls?: PlainTls };
    readonly jetstream?: Values;
  };
  readonly tlsCA?: { readonly secretName: string };
  readonly extraResources?: readonly { readonly stringData: Readonly<Record<string, string>> }[];
}

/** The names of pods of a release. */
export function podsOf({ name, replicas = 1 }: { readonly name: string; readonly replicas?: number }): string[] {
  return Array.from({ length: replicas }, (_, index) => `${name}-${index}`);
}

/**
 * The `nats.conf` that the chart in version 2.14.2 renders for values with `releases`, apart from the order of keys. The tests
 * compare it with the chart itself, where that is at hand.
 */
export function renderConfig(values: PlainValues): string {
  const { merge, cluster, jetstream } = values.config;
  const encrypted = Object.fromEntries(
    tlsVolumes(values).map(({ name, files, merge: more }) => [name, { tls: { ...files, ...more } }]),
  );
  const whole = {
    server_name: "<< $SERVER_NAME >>",
    lame_duck_grace_period: "10s",
    lame_duck_duration: "30s",
    pid_file: "/var/run/nats/nats.pid",
    port: 4222,
    http_port: 8222,
    ...encrypted.nats,
    ...(cluster === undefined
      ? {}
      : {
          cluster: {
            name: values.fullnameOverride,
            port: 6222,
            no_advertise: true,
            ...cluster.merge,
            ...encrypted.cluster,
          },
        }),
    ...(jetstream === undefined
      ? {}
      : {
          jetstream: {
            max_memory_store: 0,
            store_dir: "/data",
            max_file_store: "<< 10Gi >>",
            ...(isRecord(jetstream.merge) ? jetstream.merge : {}),
          },
        }),
    ...merge,
  };
  return JSON.stringify(whole, undefined, 2)
    .replace(/".*\$include": "(.*)",?/g, "include $1;")
    .replace(/"<<\s+(.*?)\s+>>"/g, "$1");
}

/** The folder of the authorities. */
export const AUTHORITIES = "/etc/nats-ca-cert";

/** A Secret with a certificate, and where servers find it. */
export interface TlsVolume {
  /** The name of the connections in the values. */
  readonly name: "nats" | "cluster";
  readonly secretName: string;
  readonly folder: string;
  /** The files in the configuration. */
  readonly files: Readonly<Record<string, string>>;
  /** Further options in the configuration. */
  readonly merge: Values;
}

/** The Secrets with certificates in values, which are of the type `kubernetes.io/tls`. */
export function tlsVolumes({ config, tlsCA }: PlainValues): TlsVolume[] {
  const ca = tlsCA === undefined ? {} : { ca_file: `${AUTHORITIES}/ca.crt` };
  return (["nats", "cluster"] as const).flatMap((name): TlsVolume[] => {
    const tls = config[name]?.tls;
    if (tls === undefined) {
      return [];
    }
    const folder = `/etc/nats-certs/${name}`;
    const files = { cert_file: `${folder}/tls.crt`, key_file: `${folder}/tls.key`, ...ca };
    return [{ name, secretName: tls.secretName, folder, files, merge: tls.merge ?? {} }];
  });
}

/** The content of the Secrets in values, by the path at which servers find it. */
export function secretFiles({ extraResources = [] }: PlainValues): Record<string, string> {
  const files = extraResources.flatMap(({ stringData }) => Object.entries(stringData));
  return Object.fromEntries(files.map(([file, text]) => [`/etc/nats-auth/${file}`, text]));
}
