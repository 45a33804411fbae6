//! The questions, one per screen: order, answers, skips, review.
