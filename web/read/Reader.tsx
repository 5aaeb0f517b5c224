/** Shows one message as plain text, from its text body or its preview. */
import { useEffect, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { isObject, listOr, object, textOr } from '#web/sync/shape.ts';
import css from './reader.module.css';

export function Reader({ emailId }: { readonly emailId: string }) {
  const { sync, accountId } = useScope();
  const [body, setBody] = useState<string | undefined>(undefined);
  useEffect(() => {
    let isLeft = false;
    const args = { accountId, ids: [emailId], properties: ['textBody', 'bodyValues'], fetchTextBodyValues: true };
    void sync.connection
      .persist(() => sync.client.request([['Email/get', args, 'get']]))
      .then((answers) => !isLeft && setBody(textOf(answers.of('get')['list'])))
      .catch(() => undefined);
    return () => {
      isLeft = true;
    };
  }, [sync, accountId, emailId]);
  return <div className={css['text']}>{body}</div>;
}

function textOf(value: unknown): string {
  const [email] = listOr(value, object);
  const values = isObject(email?.['bodyValues']) ? email['bodyValues'] : {};
  return listOr(email?.['textBody'], object)
    .map(({ partId }) => {
      const part = values[textOr(partId, '')];
      return isObject(part) ? textOr(part['value'], '') : '';
    })
    .join('\n');
}
