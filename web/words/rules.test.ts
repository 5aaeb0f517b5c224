import assert from 'node:assert/strict';
import { test } from 'node:test';
import { optionsOf, policyGroups } from '#formats/policies/policies.ts';
import { speak } from './language.ts';
import { ruleText } from './rules.ts';

test('every rule and each of its values has words in both languages', () => {
  for (const language of ['fr', 'en'] as const) {
    speak(language);
    for (const group of policyGroups) {
      assert.notEqual(ruleText(group), group);
      for (const [name, option] of Object.entries(optionsOf(group))) {
        const values = option.kind === 'choice' || option.kind === 'some' ? option.values : [];
        for (const key of [`${group}.${name}`, ...values.map((value) => `${group}.${name}.${value}`)])
          assert.notEqual(ruleText(key), key, language);
      }
    }
  }
  speak('fr');
});
