// Gives the fields that complete themselves the name of their label: select2 leaves them nameless for a screen reader.
'use strict';
document.addEventListener('DOMContentLoaded', () => {
  const name = () => {
    for (const select of document.querySelectorAll('select.select2-hidden-accessible')) {
      const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
      const box = select.nextElementSibling?.querySelector('[role=combobox], .select2-selection__rendered');
      if (!label || !box || box.dataset.named) continue;
      box.dataset.named = '1';
      label.id ||= `${select.id}-label`;
      for (const part of select.nextElementSibling.querySelectorAll('[role=combobox], [role=textbox]')) {
        part.setAttribute('aria-labelledby', `${label.id} ${part.id || ''}`.trim());
      }
    }
  };
  name();
  new MutationObserver(name).observe(document.body, {childList: true, subtree: true});
});
