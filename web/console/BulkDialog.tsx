/** One act on many people, chosen on the screen or named in a file: what, why, and for what is grave how many. */
import { useState } from 'react';
import { useLocation } from 'wouter';
import { decodeCsv } from '#formats/csv/decode.ts';
import { readNames } from '#formats/csv/names.ts';
import { useScope } from '#web/app/SyncContext.tsx';
import { Dialog } from '#web/ui/Dialog.tsx';
import { SelectField } from '#web/ui/SelectField.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/console.ts';
import { t as say } from '#web/words/console-acts.ts';
import { countOf, startBulk } from './bulk.ts';
import type { Chosen } from './bulk.ts';
import { actNames } from './console.ts';
import type { ActName } from './console.ts';
import css from './console.module.css';
import { readQuota } from './quota.ts';
import { ReasonForm } from './ReasonForm.tsx';
import { isKept, refusalText } from './refusals.ts';

export interface BulkDialogProps {
  /** undefined: a file is asked for. */
  readonly ids: readonly string[] | undefined;
  readonly onClose: () => void;
}

/** What is not mended by a click is confirmed by the number of people. */
const confirmed: readonly ActName[] = ['resetPassword', 'suspend', 'block', 'close'];

export function BulkDialog({ ids, onClose }: BulkDialogProps) {
  const { sync, session } = useScope();
  const [, navigate] = useLocation();
  const [names, setNames] = useState<readonly string[]>([]);
  const [action, setAction] = useState<ActName>('signOut');
  const [quota, setQuota] = useState('');
  const [typed, setTyped] = useState('');
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const chosen: Chosen = ids ? { kind: 'people', ids } : { kind: 'names', names };
  const count = countOf(chosen);
  const quotaOctets = readQuota(quota);
  const isGrave = confirmed.includes(action);
  const wrong = {
    file: count === 0,
    quota: action === 'changeQuota' && quotaOctets === undefined,
    typed: isGrave && typed.trim() !== String(count),
  };

  async function run(reason: string): Promise<void> {
    setBusy(true);
    const given = { chosen, action, reason, quotaOctets: action === 'changeQuota' ? (quotaOctets ?? null) : null };
    const started = await startBulk(sync, session.primaryAccountId, given);
    setBusy(false);
    if (started.kind === 'refused') return isKept(started.type) ? onClose() : setError(refusalText(started.type));
    onClose();
    showToast(say('bulkStarted'));
    navigate(`/console/bulk/${encodeURIComponent(started.id)}`);
  }

  return (
    <Dialog title={ids ? say('bulkTitle', { count }) : say('bulkFileTitle')} onClose={onClose}>
      <p>{say('bulkNote')}</p>
      <ReasonForm
        action={say('bulkRun')}
        tone={isGrave ? 'danger' : 'primary'}
        isRight={!wrong.file && !wrong.quota && !wrong.typed}
        isBusy={isBusy}
        error={error}
        onTry={() => setTried(true)}
        onClose={onClose}
        onRun={(reason) => void run(reason)}
        after={
          isGrave &&
          count > 0 && (
            <TextField
              label={say('bulkConfirm', { total: String(count) })}
              value={typed}
              onChange={setTyped}
              inputMode="numeric"
              autoComplete="off"
              error={isTried && wrong.typed ? say('bulkConfirmWrong') : undefined}
            />
          )
        }
      >
        {!ids && <FileField names={names} isWrong={isTried && wrong.file} onNames={setNames} />}
        <SelectField
          label={say('bulkAction')}
          value={action}
          choices={actNames.map((name) => ({ value: name, label: t(`act.${name}`) }))}
          onChange={setAction}
        />
        <p className={css['soft']}>{t(`ask.${action}`)}</p>
        {action === 'changeQuota' && (
          <TextField
            label={t('quotaGb')}
            inputMode="decimal"
            value={quota}
            onChange={setQuota}
            error={isTried && wrong.quota ? t('quotaWrong') : undefined}
          />
        )}
      </ReasonForm>
    </Dialog>
  );
}

interface FileFieldProps {
  readonly names: readonly string[];
  readonly isWrong: boolean;
  readonly onNames: (names: readonly string[]) => void;
}

function FileField({ names, isWrong, onNames }: FileFieldProps) {
  async function read(file: File | undefined): Promise<void> {
    if (!file) return onNames([]);
    const decoding = decodeCsv();
    const octets = new Uint8Array(await file.arrayBuffer());
    onNames(readNames(decoding.push(octets) + decoding.end()));
  }
  const hint = names.length > 0 ? say('bulkFileCount', { count: names.length }) : say('bulkFileHint');
  return (
    <div className={css['file']}>
      <label htmlFor="bulk-file">{say('bulkFileField')}</label>
      <input
        id="bulk-file"
        type="file"
        accept=".csv,.txt,text/csv,text/plain"
        aria-invalid={isWrong || undefined}
        aria-describedby="bulk-file-said"
        onChange={(event) => void read(event.currentTarget.files?.[0])}
      />
      <p id="bulk-file-said" role="status" className={isWrong ? css['error'] : css['soft']}>
        {isWrong ? say('bulkFileEmpty') : hint}
      </p>
    </div>
  );
}
