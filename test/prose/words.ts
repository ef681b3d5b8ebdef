/** A wording that this project avoids, and its replacement. */
export interface Word {
  /** The replacement. */
  readonly write: string;
  /** The wordings to avoid, as listed in `docs/glossary.md`. */
  readonly not: readonly string[];
  /** Matches the wording to avoid, but not the same word in another sense. */
  readonly pattern: RegExp;
  /** Sentences that the pattern matches. */
  readonly wrong: readonly string[];
  /** Sentences that use the same word in an acceptable sense. */
  readonly right?: readonly string[];
}

/** The wordings that the linter finds in documentation, comments, docstrings and messages. */
export const WORDS: readonly Word[] = [
  {
    write: 'string, map of strings',
    not: ['a text', 'texts'],
    pattern:
      /\btexts\b|\b(?:a|an|any|each|every|one|this|that) text\b(?! (?:columns?|files?|labels?|fields?|values?|cells?|editor|encoding|data|prop\w*|bod(?:y|ies)|table|mode|format|node|element|classif\w*|model|line|input|output|report|block|section)\b)/i,
    wrong: ['an object of texts', 'what is not a text'],
    right: ['text, dates and missing values', 'a text column', 'the text of an error'],
  },
  {
    write: 'credentials, access keys',
    not: ['keys of a person'],
    pattern: /\bkeys (?:of|for) (?:a|the|one|each) (?:person|run|role|user|client|caller)\b/i,
    wrong: ['keys of a person who may do everything'],
    right: ['keys of the bucket', 'the key of the state machine'],
  },
  {
    write: 'attempt, retry',
    not: ['a try', 'tried again'],
    pattern:
      /\b(?:a|each|every|one|first|second|third|same|another|next|last|this|that|per|in its|one's) try\b|\b(?:two|three|four|five|ten|\d+|of|all|several|many|more|few|some|the|both|earlier) tries\b|\b(?:is|are|was|were|be|been|being|not|and) tried again\b/i,
    wrong: ['each try at a task', 'three tries', 'a call is tried again after 10 seconds'],
    right: ['the app tries to read it', 'Try again with --force', 'three retries'],
  },
  {
    write: 'resume, continue',
    not: ['go on'],
    pattern:
      /\b(?:go|goes|going|went|gone) on\b(?! (?:top|a|an|the|one|its|each|every|standard|stdout|stderr|disk)\b)/i,
    wrong: ['the execution goes on where it was', 'resume goes on with them'],
    right: ['the label goes on the first line', 'a category on a line'],
  },
  {
    write: 'at most, at least, maximum',
    not: ['at the most', 'at the least', 'the most that'],
    pattern: /\bat the (?:most|least)\b|\bthe (?:most|longest|largest|greatest) (?:that|which)\b/i,
    wrong: ['30 at the most', 'the longest that SageMaker allows'],
    right: ['at most 30', 'the most common reason', 'the longest line'],
  },
  {
    write: 'next to, in addition to',
    not: ['beside', 'besides'],
    pattern: /\bbesides?\b/i,
    wrong: ['a file beside the model', 'and jobs that read the data besides'],
  },
  {
    write: 'after',
    not: ['behind'],
    pattern:
      /(?<!\b(?:leav\w+|left|lag\w*|stay\w*|fall\w*|fell)\b[^.]{0,40})\bbehind\b(?! (?:the scenes|an? (?:proxy|firewall|load balancer|NAT)|the (?:proxy|firewall|load balancer)))/i,
    wrong: ['a choice behind the task', 'the definition behind it'],
    right: ['jobs that an execution leaves behind', 'the index lags behind', 'behind a proxy'],
  },
  {
    write: 'unsupported, not implemented, missing',
    not: ['not there'],
    pattern: /\b(?:not|never) there\b(?! (?:is|are|was|were)\b)/i,
    wrong: ['the operation is not there'],
    right: ['whether or not there is a label'],
  },
  {
    write: 'fails with, raises; ends with',
    not: ['ends in'],
    pattern: /\bend(?:s|ed|ing) in\b|(?<!\b(?:the|an|this|that|their|its|at|other|one|each|far) )\bend in\b/i,
    wrong: ['the execution ends in an error', 'a name that ends in .csv'],
    right: ['the end in the log', 'it fails with an error'],
  },
  {
    write: 'removes, disables',
    not: ['takes away', 'switches off'],
    pattern:
      /\b(?:take|takes|taken|took|taking)\b(?: [\w-]+){0,8} away\b|\bswitch(?:es|ed|ing)?\b(?: [\w-]+){0,4} off\b/i,
    wrong: ['takes the instance of every job away', 'can be switched off'],
    right: ['a trailing slash is removed'],
  },
  {
    write: 'enables',
    not: ['switches on'],
    pattern: /\bswitch(?:es|ed)\b(?: (?:this|it|them))? on\b|\bswitch (?:it|this|them) on\b/i,
    wrong: ['the owner has to switch it on', 'is switched on'],
    right: ['a switch on the kind of a node'],
  },
  {
    write: 'the same algorithm (or whatever noun is meant)',
    not: ['one of it'],
    pattern: /\bone of it\b/i,
    wrong: ['the final training is one of it'],
    right: ['one of its files', 'none of it'],
  },
  {
    write: 'unlikely to improve on the best',
    not: ['promises nothing'],
    pattern: /\bpromis(?:e|es|ed|ing) (?:nothing|something|little|much|less|more)\b/i,
    wrong: ['training jobs that promise nothing'],
    right: ['a promise that never settles'],
  },
  {
    write: 'depends on, decides, chooses',
    not: ['settles'],
    pattern:
      /(?<!\bpromises?\b[^.]{0,40}|\$)\bsettl(?:e|es|ed|ing)\b(?! (?:promise|results?|when|once|if)\b)/i,
    wrong: ['the image settles which trainer runs'],
    right: ['a promise that never settles'],
  },
  {
    write: 'because, since',
    not: ['for (as a conjunction)'],
    pattern:
      /[,;:] for (?:it|they|there|he|she|we|you|nobody|none)\b(?! (?:to\b|and\b|or\b|alone\b|[.,;:)]))(?= \w)/i,
    wrong: ['not judged, for it would need all rows'],
    right: ['the address of it, for them to read', 'a number for each'],
  },
  {
    write: 'refuses X, with a message that names X',
    not: ['refused, by name'],
    pattern: /\brefuse[sd]?,? by (?:its )?name\b/i,
    wrong: ['Whatever is not supported is refused, by name'],
    right: ['finds a role by name'],
  },
  {
    write: 'reports, says',
    not: ['tells of', 'is told of'],
    pattern: /\b(?:tell|tells|told|telling) of\b/i,
    wrong: ['`onNotice` tells of installations', 'each is told of the others'],
    right: ['each is told about the others'],
  },
  {
    write: 'American spelling: color, license, labeled, canceled',
    not: ['colour', 'licence', 'labelled', 'cancelled'],
    pattern:
      /\b(?:\w*colour\w*|(?:behavi|fav|hon|neighb)our\w*|licences?|(?:label|model|cancel|travel)l(?:ed|ing)|cent(?:re|red)|\w+(?:ogni|timi|rmali|riali|tiali|mmari|gani|thori)s(?:e[ds]?|ing|ation)|analysed?|grey|catalogues?)\b/i,
    wrong: ['the colour of a job', 'a licence for this data', 'the data is labelled'],
    right: ['the label of a model', 'all modules of a program', 'a summary'],
  },
];

/** Matches the beginnings of headings that do not name their content. */
export const RIDDLE =
  /^(?:What (?:is|is not|there is|there is not|it is not|was not chosen|has never)|Worth knowing)\b/i;
