/** A fault of a script as a sentence for whoever wrote it, in French or English, with its place. */
import type { RunLimit, SieveError, SieveFault, Wanted } from './error.ts';

export type SieveLanguage = 'fr' | 'en';

/** `Ligne 3, colonne 7 : …`; without a place where the fault has none. What is quoted of the script is cut. */
export function sieveErrorText(error: SieveError, language: SieveLanguage): string {
  const sentence = language === 'fr' ? french(error.fault) : english(error.fault);
  const { line, column, script } = error;
  if (line === 0) return sentence;
  if (language === 'fr')
    return `${script === null ? '' : `Script ${quoteFr(script)}, `}${script === null ? 'Ligne' : 'ligne'} ${line}, colonne ${column} : ${sentence}`;
  return `${script === null ? '' : `Script ${quoteEn(script)}, `}${script === null ? 'Line' : 'line'} ${line}, column ${column}: ${sentence}`;
}

const MAX_QUOTED = 80;

function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ').toWellFormed();
  return line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED - 1).toWellFormed()}…` : line;
}

function quoteFr(text: string): string {
  return `« ${shown(text)} »`;
}

function quoteEn(text: string): string {
  return `“${shown(text)}”`;
}

const WANTED_FR: Readonly<Record<Wanted, string>> = {
  command: 'une commande',
  test: 'un test',
  tests: 'une liste de tests entre parenthèses',
  block: 'un bloc entre accolades',
  semicolon: 'un point-virgule ou une accolade ouvrante',
  closingBracket: 'une virgule ou un crochet fermant',
  closingParenthesis: 'une virgule ou une parenthèse fermante',
  string: 'un texte entre guillemets',
  strings: 'un texte ou une liste de textes',
  number: 'un nombre',
};

const WANTED_EN: Readonly<Record<Wanted, string>> = {
  command: 'a command',
  test: 'a test',
  tests: 'a list of tests in parentheses',
  block: 'a block in braces',
  semicolon: 'a semicolon or an opening brace',
  closingBracket: 'a comma or a closing bracket',
  closingParenthesis: 'a comma or a closing parenthesis',
  string: 'a text in quotes',
  strings: 'a text or a list of texts',
  number: 'a number',
};

const LIMIT_FR: Readonly<Record<RunLimit, string>> = {
  actions: 'd’actions',
  redirects: 'de redirections',
  notifications: 'de notifications',
  includeDepth: 'de scripts inclus les uns dans les autres',
  includes: 'de scripts inclus',
  variables: 'de variables',
  evaluations: 'de tests et de commandes exécutés',
  textUnits: 'de caractères dans un texte',
  matchWork: 'de comparaisons',
  questions: 'de questions sur les boîtes et les listes',
  rewrites: 'de réécritures du message',
  editedOctets: 'd’octets dans le message modifié',
  addedFields: 'd’en-têtes ajoutés',
};

const LIMIT_EN: Readonly<Record<RunLimit, string>> = {
  actions: 'actions',
  redirects: 'redirections',
  notifications: 'notifications',
  includeDepth: 'scripts included within one another',
  includes: 'included scripts',
  variables: 'variables',
  evaluations: 'tests and commands run',
  textUnits: 'characters in one text',
  matchWork: 'comparisons',
  questions: 'questions about mailboxes and lists',
  rewrites: 'rewrites of the message',
  editedOctets: 'octets in the changed message',
  addedFields: 'added header fields',
};

function french(fault: SieveFault): string {
  const q = quoteFr;
  switch (fault.code) {
    case 'badToken':
      return `le caractère ${q(fault.text)} n’a pas de sens ici.`;
    case 'unclosedString':
      return 'ce texte n’est jamais refermé.';
    case 'unclosedComment':
      return 'ce commentaire n’est jamais refermé.';
    case 'unclosedBlock':
      return 'cette accolade n’est jamais refermée.';
    case 'badNumber':
      return `${q(fault.text)} n’est pas un nombre utilisable.`;
    case 'expected':
      return fault.found === ''
        ? `le script s’arrête là où il faudrait ${WANTED_FR[fault.wanted]}.`
        : `il faudrait ${WANTED_FR[fault.wanted]} à la place de ${q(fault.found)}.`;
    case 'unknownCapability':
      return `l’extension ${q(fault.capability)} n’existe pas sur ce serveur.`;
    case 'missingRequire':
      return `${q(fault.name)} demande require "${fault.capability}" en tête du script.`;
    case 'lateRequire':
      return 'require doit se trouver au début du script, avant toute autre commande.';
    case 'unknownCommand':
      return `la commande ${q(fault.name)} n’existe pas.`;
    case 'unknownTest':
      return `le test ${q(fault.name)} n’existe pas.`;
    case 'testAsCommand':
      return `${q(fault.name)} est un test : il s’emploie après if.`;
    case 'commandAsTest':
      return `${q(fault.name)} est une commande, pas un test.`;
    case 'unknownTag':
      return `${q(fault.name)} n’a pas d’option ${q(`:${fault.tag}`)}.`;
    case 'repeatedTag':
      return `l’option ${q(`:${fault.tag}`)} est écrite deux fois.`;
    case 'conflictingTags':
      return `les options ${q(`:${fault.other}`)} et ${q(`:${fault.tag}`)} s’excluent.`;
    case 'missingTag':
      return `il manque à ${q(fault.name)} l’option ${q(`:${fault.tag}`)}.`;
    case 'lateTag':
      return `l’option ${q(`:${fault.tag}`)} doit se trouver avant les valeurs.`;
    case 'missingArgument':
      return `il manque à ${q(fault.name)} ${WANTED_FR[fault.wanted]}.`;
    case 'wrongArgument':
      return `${q(fault.name)} attend ${WANTED_FR[fault.wanted]}, pas ${q(fault.found)}.`;
    case 'extraArgument':
      return `${q(fault.found)} est de trop après ${q(fault.name)}.`;
    case 'misplaced':
      return `${q(fault.name)} n’est pas à sa place ici.`;
    case 'badValue':
    case 'badRunValue':
      return `${q(fault.value)} n’est pas une valeur possible pour ${q(fault.name)}.`;
    case 'badComparator':
      return `la comparaison ${q(fault.comparator)} ne va pas avec ${q(`:${fault.matchType}`)}.`;
    case 'unknownComparator':
      return `la comparaison ${q(fault.comparator)} n’existe pas.`;
    case 'badRegex':
      return `l’expression régulière ${q(fault.pattern)} est fautive à partir du caractère ${fault.offset + 1}.`;
    case 'badAddress':
      return `${q(fault.address)} n’est pas une adresse électronique.`;
    case 'badHeaderName':
      return `${q(fault.header)} n’est pas un nom d’en-tête.`;
    case 'badVariableName':
      return `${q(fault.name)} n’est pas un nom de variable utilisable ici.`;
    case 'badCharacter':
      return `${q(fault.text)} ne désigne aucun caractère.`;
    case 'badUri':
      return `${q(fault.uri)} n’est pas une adresse mailto: utilisable.`;
    case 'notConstant':
      return `${q(fault.name)} n’accepte pas de variable.`;
    case 'tooLarge':
      return `le script dépasse ${fault.limit} octets.`;
    case 'tooDeep':
      return `plus de ${fault.limit} blocs ou tests imbriqués.`;
    case 'tooMany':
      return {
        nodes: `plus de ${fault.limit} commandes et tests.`,
        strings: `plus de ${fault.limit} textes dans une liste.`,
        redirects: `plus de ${fault.limit} redirections.`,
      }[fault.what];
    case 'stringTooLong':
      return `un texte dépasse ${fault.limit} caractères.`;
    case 'regexTooLarge':
      return 'cette expression régulière est trop compliquée.';
    case 'conflictingActions':
      return fault.name === fault.other
        ? `${q(fault.name)} ne peut être exécuté qu’une fois par message.`
        : `${q(fault.name)} et ${q(fault.other)} ne peuvent pas s’appliquer au même message.`;
    case 'includeMissing':
      return `le script à inclure ${q(fault.name)} n’existe pas.`;
    case 'includeBroken':
      return `le script à inclure ${q(fault.name)} contient une faute.`;
    case 'includeLoop':
      return `le script ${q(fault.name)} s’inclut lui-même.`;
    case 'scriptError':
      return `le script s’est arrêté lui-même : ${shown(fault.message)}`;
    case 'runLimit':
      return `trop ${LIMIT_FR[fault.what]} (${fault.limit} au plus).`;
  }
}

function english(fault: SieveFault): string {
  const q = quoteEn;
  switch (fault.code) {
    case 'badToken':
      return `the character ${q(fault.text)} has no meaning here.`;
    case 'unclosedString':
      return 'this text is never closed.';
    case 'unclosedComment':
      return 'this comment is never closed.';
    case 'unclosedBlock':
      return 'this brace is never closed.';
    case 'badNumber':
      return `${q(fault.text)} is no usable number.`;
    case 'expected':
      return fault.found === ''
        ? `the script ends where ${WANTED_EN[fault.wanted]} should stand.`
        : `${WANTED_EN[fault.wanted]} should stand in place of ${q(fault.found)}.`;
    case 'unknownCapability':
      return `this server has no extension ${q(fault.capability)}.`;
    case 'missingRequire':
      return `${q(fault.name)} needs require "${fault.capability}" at the top of the script.`;
    case 'lateRequire':
      return 'require must stand at the beginning of the script, before all other commands.';
    case 'unknownCommand':
      return `there is no command ${q(fault.name)}.`;
    case 'unknownTest':
      return `there is no test ${q(fault.name)}.`;
    case 'testAsCommand':
      return `${q(fault.name)} is a test: it is used after if.`;
    case 'commandAsTest':
      return `${q(fault.name)} is a command, not a test.`;
    case 'unknownTag':
      return `${q(fault.name)} has no option ${q(`:${fault.tag}`)}.`;
    case 'repeatedTag':
      return `the option ${q(`:${fault.tag}`)} is written twice.`;
    case 'conflictingTags':
      return `the options ${q(`:${fault.other}`)} and ${q(`:${fault.tag}`)} exclude each other.`;
    case 'missingTag':
      return `${q(fault.name)} lacks the option ${q(`:${fault.tag}`)}.`;
    case 'lateTag':
      return `the option ${q(`:${fault.tag}`)} must stand before the values.`;
    case 'missingArgument':
      return `${q(fault.name)} lacks ${WANTED_EN[fault.wanted]}.`;
    case 'wrongArgument':
      return `${q(fault.name)} takes ${WANTED_EN[fault.wanted]}, not ${q(fault.found)}.`;
    case 'extraArgument':
      return `${q(fault.found)} is too much after ${q(fault.name)}.`;
    case 'misplaced':
      return `${q(fault.name)} has no place here.`;
    case 'badValue':
    case 'badRunValue':
      return `${q(fault.value)} is no possible value for ${q(fault.name)}.`;
    case 'badComparator':
      return `the comparator ${q(fault.comparator)} does not go with ${q(`:${fault.matchType}`)}.`;
    case 'unknownComparator':
      return `there is no comparator ${q(fault.comparator)}.`;
    case 'badRegex':
      return `the regular expression ${q(fault.pattern)} is wrong from character ${fault.offset + 1} on.`;
    case 'badAddress':
      return `${q(fault.address)} is no email address.`;
    case 'badHeaderName':
      return `${q(fault.header)} is no name of a header field.`;
    case 'badVariableName':
      return `${q(fault.name)} is no name of a variable that can be used here.`;
    case 'badCharacter':
      return `${q(fault.text)} stands for no character.`;
    case 'badUri':
      return `${q(fault.uri)} is no usable mailto: address.`;
    case 'notConstant':
      return `${q(fault.name)} takes no variables.`;
    case 'tooLarge':
      return `the script is larger than ${fault.limit} octets.`;
    case 'tooDeep':
      return `more than ${fault.limit} blocks or tests within one another.`;
    case 'tooMany':
      return {
        nodes: `more than ${fault.limit} commands and tests.`,
        strings: `more than ${fault.limit} texts in a list.`,
        redirects: `more than ${fault.limit} redirections.`,
      }[fault.what];
    case 'stringTooLong':
      return `a text is longer than ${fault.limit} characters.`;
    case 'regexTooLarge':
      return 'this regular expression is too complicated.';
    case 'conflictingActions':
      return fault.name === fault.other
        ? `${q(fault.name)} can be run only once for a message.`
        : `${q(fault.name)} and ${q(fault.other)} cannot be done to the same message.`;
    case 'includeMissing':
      return `the script to include, ${q(fault.name)}, does not exist.`;
    case 'includeBroken':
      return `the script to include, ${q(fault.name)}, has a fault.`;
    case 'includeLoop':
      return `the script ${q(fault.name)} includes itself.`;
    case 'scriptError':
      return `the script stopped itself: ${shown(fault.message)}`;
    case 'runLimit':
      return `too many ${LIMIT_EN[fault.what]} (at most ${fault.limit}).`;
  }
}
