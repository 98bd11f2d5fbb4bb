import { compile } from '@jmespath-community/jmespath';
import { JmesPathSyntaxError } from './syntax-error.js';
import { splitJmesPath } from './tokens.js';

/** The tree of the JMESPath library. */
export type JmesPathNode = ReturnType<typeof compile>;

/**
 * Parses what go-jmespath 0.4 parses. The library knows a later JMESPath with more syntax and other escapes. So it is
 * given each token in a spelling that both read alike, and what only it knows is refused. Refused are also three things
 * that go-jmespath takes by mistake: an index left open after a projection (`a[*][5`), arguments without commas after a
 * projection (`f(a[*] b)`), and a call of what is no name (`@(a)`), which ends the process of Promtail.
 */
export function parseJmesPath(expression: string): JmesPathNode {
  if (onlyNames.test(expression)) return pathOf(expression.split('.'));
  const tokens = splitJmesPath(expression);
  let tree: JmesPathNode;
  try {
    tree = compile(tokens.map((token) => token.text).join(' '));
  } catch (cause) {
    throw new JmesPathSyntaxError((cause as Error).message, { cause });
  }
  refuseLaterSyntax(tree);
  return tree;
}

/** What most expressions are: they do without the library, which is loaded when something of it is first used. */
const onlyNames = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;

function pathOf(names: readonly string[]): JmesPathNode {
  return names
    .map((name): JmesPathNode => ({ type: 'Field', name }))
    .reduce((left, right) => ({ type: 'Subexpression', left, right }));
}

function refuseLaterSyntax(node: JmesPathNode): void {
  switch (node.type) {
    case 'Field':
    case 'Literal':
    case 'Identity':
    case 'Current':
    case 'Index':
    case 'Slice':
      return;
    case 'Flatten':
    case 'NotExpression':
    case 'ExpressionReference':
      refuseLaterSyntax(node.child);
      return;
    case 'Subexpression':
    case 'IndexExpression':
    case 'Projection':
    case 'ValueProjection':
    case 'Pipe':
    case 'OrExpression':
    case 'AndExpression':
    case 'Comparator':
      refuseLaterSyntax(node.left);
      refuseLaterSyntax(node.right);
      return;
    case 'FilterProjection':
      refuseLaterSyntax(node.left);
      refuseLaterSyntax(node.right);
      refuseLaterSyntax(node.condition);
      return;
    case 'Function':
      node.children.forEach(refuseLaterSyntax);
      return;
    case 'MultiSelectList':
      if (node.children.length === 0) throw new JmesPathSyntaxError('a list of nothing');
      node.children.forEach(refuseLaterSyntax);
      return;
    case 'MultiSelectHash':
      for (const pair of node.children) refuseLaterSyntax(pair.value);
      return;
    default:
      throw new JmesPathSyntaxError(`no JMESPath of go-jmespath: ${node.type}`);
  }
}
