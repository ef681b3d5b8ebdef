// Patterns of values that are checked at synth and, as JSONata, in the first state of an execution: JSONata takes no slash
// in them, and no bracket that is not escaped or closed.

/** A whole number, as Python reads one. */
export const WHOLE_NUMBER = /^[+-]?[0-9]+$/;

/** A number, as Python reads one. */
export const NUMBER = /^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$/;

/** Names of the forms that a text can have. */
export type FormName = 'monotoneConstraints' | 'interactionConstraints';

/** A form that a text can have, and how messages call it. */
export interface ValueForm {
  readonly title: string;
  readonly pattern: RegExp;
}

const OPEN = String.raw`(\[|\()`;
const CLOSE = String.raw`,? *(\]|\)) *`;
const GROUP = `${OPEN} *[1-9][0-9]*( *, *[1-9][0-9]*)* *${CLOSE}`;

/** The forms that a text can have. */
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
