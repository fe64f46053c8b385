import type { CodeTable } from "./code";

/** Subjects and subject mappings. */
export const SUBJECTS_CODES = {
  NA1101: {
    title: "Invalid subject",
    cause:
      "A subject consists of tokens separated by single dots, contains no white space, has `>` only as its last token, and is at most 3,000 bytes long (nats-server, `IsValidSubject`; JWT library, `Subject.Validate`). Subjects to subscribe to may be followed by one space and a queue group. In exports, imports and mappings no token may begin with `*` except `*` itself, because nats-server treats such tokens as wildcards in some places only.",
    remedy: "Use a subject such as `orders.*.new` or `orders.>`.",
  },
  NA1102: {
    title: "Reserved token in mapping source",
    cause:
      "Tokens such as `$1` and `{{partition(3,1)}}` are references and functions in the destination of a mapping. Messages that are not mapped go to the source subject itself, so it must not contain any.",
    remedy: "Use a source subject without `$` references and double braces.",
  },
  NA1103: {
    title: "Mixed quotes in mapping source",
    cause:
      "The keys of a server configuration file are quoted with one of the two kinds of quotes and support no escapes. A subject with both kinds cannot be written.",
    remedy: "Use a source subject with one kind of quotes at most.",
  },
  NA1104: {
    title: "Overlapping mappings",
    cause:
      "A message can match the sources of two mappings. nats-server then applies one of them, and which one is not defined.",
    remedy: "Choose source subjects that cannot match the same message.",
  },
  NA1105: {
    title: "Mapping without destination",
    cause: "The list of destinations of a mapping is empty.",
    remedy: "Add a destination, or remove the mapping.",
  },
  NA1106: {
    title: "Invalid mapping destination",
    cause:
      "A destination refers to the wildcards of its source by number (`$1`, `{{wildcard(1)}}`) or through a function of nats-server (`subject_transform.go`), and ends in `>` exactly when the source does. It contains no `*`.",
    remedy: "Use a subject such as `v2.orders.$1`.",
  },
  NA1107: {
    title: "Duplicate mapping destination",
    cause: "nats-server accepts each destination subject of a mapping once, regardless of the cluster.",
    remedy: "Remove one of the destinations.",
  },
  NA1108: {
    title: "Mapping weights above 100",
    cause:
      "Weights are percentages. nats-server rejects mappings whose weights add up to more than 100 in one cluster.",
    remedy: "Lower some of the weights.",
  },
  NA1109: {
    title: "Mapping that drops messages",
    cause:
      "nats-server delivers messages beyond the weights to the source subject, except when the source is itself a destination: then it drops these messages, in the other clusters, too.",
    remedy: "Raise the weights of the other clusters to 100, or remove the source from the destinations.",
  },
  NA1110: {
    title: "Empty cluster name",
    cause: "The cluster of a mapping destination is an empty string, which is not a valid cluster name.",
    remedy: "Use the name of a cluster, or remove the property to apply the destination in every cluster.",
  },
} as const satisfies CodeTable;
