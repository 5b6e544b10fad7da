/*---
description: Payments in dollars.
columns:
  - name: payment_id
    description: Key.
    data_tests: [unique, not_null]
  - name: payment_method
    description: How.
    data_tests:
      - accepted_values: { values: [credit_card, coupon, bank_transfer, gift_card] }
---*/

select
    id as payment_id,
    order_id,
    payment_method,
    amount / 100 as amount

from {{ref 'raw_payments'}}
