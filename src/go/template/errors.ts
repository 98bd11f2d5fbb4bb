/** A template that cannot be used at all; the message tells the line. */
export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError';
}

/** A template that could not be carried out for some data; nothing of its result counts. */
export class TemplateExecError extends Error {
  override readonly name = 'TemplateExecError';
}
