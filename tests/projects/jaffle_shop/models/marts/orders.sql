/*---
description: Orders with what was paid for them, by method.
columns:
  - name: order_id
    description: Key.
    data_tests: [unique, not_null]
  - name: customer_id
    description: Who ordered.
    data_tests:
      - not_null
      - relationships: { to: customers, field: customer_id }
  - name: status
    description: How far it is.
    data_tests:
      - accepted_values: { values: [placed, shipped, completed, return_pending, returned] }
  - name: amount
    description: Dollars.
    data_tests: [not_null]
  - name: credit_card_amount
    description: Dollars paid by credit card.
    data_tests: [not_null]
  - name: coupon_amount
    description: Dollars paid by coupon.
    data_tests: [not_null]
  - name: bank_transfer_amount
    description: Dollars paid by bank transfer.
    data_tests: [not_null]
  - name: gift_card_amount
    description: Dollars paid by gift card.
    data_tests: [not_null]
---*/

with

orders as (

    select * from {{ref 'stg_orders'}}

),

payments as (

    select * from {{ref 'stg_payments'}}

),

order_payments as (

    select
        order_id,
        {{#each (list 'credit_card' 'coupon' 'bank_transfer' 'gift_card') as |method|}}
        sum(case when payment_method = {{lit method}} then amount else 0 end) as {{method}}_amount,
        {{/each}}
        sum(amount) as amount

    from payments

    group by order_id

),

orders_paid as (

    select
        orders.order_id,
        orders.customer_id,
        orders.order_date,
        orders.status,
        order_payments.* exclude (order_id)

    from orders

    left join order_payments
        on orders.order_id = order_payments.order_id

)

select * from orders_paid
