/** What every page of the settings stands in: the way back, the title that takes the keyboard, and its parts as cards. */
import { ArrowLeft } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ReactNode, Ref } from 'react';
import { Link } from 'wouter';
import { useTitle } from '#web/app/useTitle.ts';
import { t } from '#web/words/settings.ts';
import css from './page.module.css';

export interface SettingsPageProps {
  readonly title: string;
  /** One paragraph or more: what the page is for. */
  readonly intro: ReactNode;
  /** The messages one goes back to: of the mailbox on the screen, or the person's own. */
  readonly backTo: '/' | '~/';
  readonly children: ReactNode;
}

export function SettingsPage({ title, intro, backTo, children }: SettingsPageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // One comes from a dialog that has gone: the keyboard goes on here.
  useEffect(() => heading.current?.focus(), []);
  useTitle(title, 0);
  return (
    <div className={css['scroll']}>
      <div className={css['page']}>
        <header className={css['head']}>
          <Link href={backTo} className={css['back'] ?? ''}>
            <ArrowLeft aria-hidden size={18} />
            {t('back')}
          </Link>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {intro}
        </header>
        {children}
      </div>
    </div>
  );
}

export interface PartProps {
  readonly id: string;
  readonly title: string;
  /** Given where the title takes the focus of a button that has gone. */
  readonly heading?: Ref<HTMLHeadingElement>;
  readonly children: ReactNode;
}

export function Part({ id, title, heading, children }: PartProps) {
  return (
    <section className={css['part']} aria-labelledby={id}>
      <h2 id={id} {...(heading && { ref: heading, tabIndex: -1 })}>
        {title}
      </h2>
      {children}
    </section>
  );
}

/** A part that says one thing and has nothing to do in it. */
export function Remark({ children }: { readonly children: ReactNode }) {
  return <p className={css['part']}>{children}</p>;
}
