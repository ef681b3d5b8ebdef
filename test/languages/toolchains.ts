import { spawnSync } from 'node:child_process';

/** A language that jsii-pacmak builds a package for. */
export type Language = 'python' | 'java' | 'go';

/** Commands that succeed if a language's toolchain is installed and the language's package registry is available. */
const CHECKS: Readonly<Record<Language, readonly string[]>> = {
  python: [
    'python3 -c "import sys; assert sys.version_info >= (3, 11)"',
    'python3 -m pip index versions jsii',
  ],
  java: [
    'javac -version',
    'mvn --batch-mode --quiet dependency:get -Dartifact=software.constructs:constructs:10.8.1 -Dtransitive=false',
  ],
  go: ['go version', 'go list -m -versions github.com/aws/jsii-runtime-go'],
};

/** Why the packages of a language cannot be tested on this machine; undefined if they can. */
export function reasonToSkip(language: Language): string | undefined {
  const failed = CHECKS[language].find(
    (command) => spawnSync(command, { shell: true, stdio: 'ignore' }).status,
  );
  return failed && `"${failed}" fails`;
}
