// Patterns that values must match. They are checked at synth and, as JSONata, in the first state of an execution.
// JSONata does not accept slashes in a pattern, or brackets that are neither escaped nor closed.

/** A whole number in Python's syntax. */
export const WHOLE_NUMBER = /^[+-]?[0-9]+$/;

/** A number in Python's syntax. */
export const NUMBER = /^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$/;

/** Names of the forms that a string can have. */
export type FormName = 'monotoneConstraints' | 'interactionConstraints';

/** A form that a string can have, and its description in messages. */
export interface ValueForm {
  readonly title: string;
  readonly pattern: RegExp;
}

const OPEN = String.raw`(\[|\()`;
const CLOSE = String.raw`,? *(\]|\)) *`;
const GROUP = `${OPEN} *[1-9][0-9]*( *, *[1-9][0-9]*)* *${CLOSE}`;

/** The forms that a string can have. */
export const VALUE_FORMS: Readonly<Record<FormName, ValueForm>> = {
  monotoneConstraints: {
    title: 'a tuple of -1, 0 and 1 such as (1,0,-1)',
    pattern: /^ *(\( *)?-?[01] *,( *-?[01] *,)* *(-?[01])? *(\) *)?$/,
  },
  interactionConstraints: {
    title: 'a list of lists of feature numbers of at least 1, such as [[1,2],[3,4]]',
    pattern: new RegExp(`^ *${OPEN} *${GROUP}(, *${GROUP})*${CLOSE}$`),
  },
};
